// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.protocol.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTurnTests {

    @Test
    void aTextIsOneUserTurnAndNothingIsAnEmptyOne() {
        assertThat(read("\"hi\"")).containsExactly("user: hi");
        assertThat(read("null")).containsExactly("user: ");
        assertThat(PromptTurn.of(null)).extracting(PromptTurn::text).containsExactly("");
    }

    @Test
    void turnsKeepOnlyTheRoleOfTheAssistant() {
        assertThat(read("""
                [{"role": "system", "content": "a"}, {"role": "assistant", "content": {"type": "text", "text": "b"}}, "c", 4]"""))
                .containsExactly("user: a", "assistant: b", "user: c", "user: 4");
    }

    @Test
    void severalBlocksAreSeveralTurnsAndOnlyTextIsShown() {
        assertThat(read("""
                [{"content": [{"type": "text", "text": "look"}, {"type": "image", "data": "aGk=", "mimeType": "image/png"}]}]"""))
                .containsExactly("user: look", "user: ");
    }

    @Test
    void contentThatIsNoContentIsRefused() {
        assertThatThrownBy(() -> read("[{\"role\": \"user\"}]")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read("[{\"content\": 7}]")).hasMessageContaining("7");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"type\": \"video\", \"data\": \"aGk=\"}", "{\"type\": \"text\"}", "{\"type\": \"image\", \"data\": \"aGk=\"}",
        "{\"type\": \"resource\", \"resource\": {}}", "{\"type\": \"resource_link\", \"uri\": \"u\"}", "{\"type\": 1}", "[]"
    })
    void aBlockThatIsNoneIsRefused(String block) {
        assertThatThrownBy(() -> read("[{\"content\": [" + block + "]}]")).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> read(String json) {
        return PromptTurn.of(Json.MAPPER.readTree(json)).stream().map(turn -> turn.role() + ": " + turn.text()).toList();
    }
}
