// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The same from inside containers: an image's, and a project's with a list of hosts. */
@NeedsEngine
class ContainerReachTests {

    @Test
    void anImageReachesItsJudgeAndNothingElseOfThePlatform() throws Exception {
        reachesItsJudgeAlone(Map.of("image", Engine.prober()));
    }

    @Test
    void soDoesAProject() throws Exception {
        var document = Map.of("services", Map.of("main", Map.of("image", Engine.prober())));
        var reached = reachesItsJudgeAlone(Map.of("compose", Map.of("document", document), "network", List.of("pypi.org")));
        assertThat(reached.get("unlisted").stringValue()).startsWith("403 ").contains("this sandbox may reach pypi.org only, and not 'example.com'");
        assertThat(reached.get("without_password").stringValue()).startsWith("HTTP/1.1 407 ");
    }

    private static JsonNode reachesItsJudgeAlone(Map<String, Object> runtimeConfig) throws Exception {
        var reached = SandboxReachTests.probed(runtimeConfig);
        assertThat(reached.get("judge").stringValue()).startsWith("200 ").contains("anything");
        assertThat(reached.get("open")).isEmpty();
        assertThat(reached.get("open_by_proxy")).isEmpty();
        assertThat(reached.get("other_model").stringValue()).startsWith("403 ");
        assertThat(reached.get("without_key").stringValue()).startsWith("401 ");
        assertThat(reached.get("api").stringValue()).matches("(?s)40[34] .*");
        assertThat(reached.get("around")).allSatisfy(answer -> assertThat(answer.stringValue()).matches("(?s)40[034] .*"));
        assertThat(reached.get("neighbours")).isEmpty();
        assertThat(reached.get("files")).isEmpty();
        return reached;
    }
}
