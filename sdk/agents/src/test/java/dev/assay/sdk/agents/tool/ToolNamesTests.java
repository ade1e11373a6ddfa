// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ToolNamesTests {

    @Test
    void aNameThatProvidersAcceptStays() {
        assertThat(ToolNames.sanitized("read_file-2")).isEqualTo("read_file-2");
    }

    @Test
    void anyOtherNameIsCleanedAndMadeUnique() {
        assertThat(ToolNames.sanitized("a.b")).isEqualTo("a_b_2e7336dc");
        assertThat(ToolNames.sanitized("my tool/x")).isEqualTo("my_tool_x_4860f1ec");
        assertThat(ToolNames.sanitized("…")).startsWith("tool_");
    }

    @Test
    void aLongNameIsCut() {
        assertThat(ToolNames.sanitized("x".repeat(80))).hasSize(64).startsWith("x".repeat(55) + "_");
    }
}
