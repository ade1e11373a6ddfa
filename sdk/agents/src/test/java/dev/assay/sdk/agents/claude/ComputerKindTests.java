// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComputerKindTests {

    @ParameterizedTest
    @CsvSource({
        "glm-5.2, GENERIC",
        "claude-opus-4-5, V2025_11",
        "anthropic/Claude-Sonnet-4-6@latest, V2025_11",
        "claude-opus-4-8-fast, V2025_11",
        "claude-sonnet-4-5-20250929, V2025_01",
        "claude-haiku-4-5, V2025_01",
        "claude-opus-4-1, V2025_01",
        "claude-opus-4, V2025_01",
        "claude-opus-4-0, V2025_01",
        "claude-sonnet-4-20250514, V2025_01",
        "claude-sonnet-4@20250514, V2025_01",
        "claude-sonnet-4-9, TOOLSET",
        "claude-opus-4.5, TOOLSET",
        "claude-sonnet-5, TOOLSET",
    })
    void eachModelIsOfferedTheScreenInTheWordsItKnows(String model, ComputerKind kind) {
        assertThat(ComputerKind.of(model)).isEqualTo(kind);
    }
}
