// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.agents.loop.Connections.Server;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.ToolServer;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ConnectionsTests {

    @Test
    void aServersNameStandsBeforeItsToolsWhereThereAreOthersOfItsKind() throws Exception {
        var tools = new Server("tools", Connections.MCP, new Offering("say", "a.b"));
        var more = new Server("more", Connections.MCP, new Offering("say"));
        var browser = new Server("browser", Connections.CDP, new Offering("browser_click"));

        assertThat(Connections.served(List.of(tools, browser))).extracting("name").containsExactly("say", "a_b_2e7336dc", "browser_click");
        assertThat(Connections.served(List.of(tools, browser, more))).extracting("name")
                .startsWith("tools__say").endsWith("browser_click", "more__say").hasSize(4);
    }

    private record Offering(String... names) implements ToolServer {

        @Override
        public List<Listed> tools() {
            return Stream.of(names).map(name -> new Listed(name, name, Json.object())).toList();
        }

        @Override
        public ToolOutcome call(String tool, JsonNode arguments) {
            return ToolOutcome.text(tool);
        }

        @Override
        public void close() {}
    }
}
