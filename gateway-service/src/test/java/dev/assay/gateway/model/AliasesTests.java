// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AliasesTests {

    @Test
    void whatClientsHaveAlwaysSentStandsForAModel() {
        var aliases = new Aliases("");
        assertThat(aliases.insteadOf("claude")).containsExactly("claude-sonnet-4-6");
        assertThat(aliases.insteadOf("OpenAI_compatible")).containsExactly("gpt-5.4-mini");
        assertThat(aliases.insteadOf("deepseek-v4")).containsExactly("deepseek/deepseek-v4-pro");
        assertThat(aliases.insteadOf("gpt-5.6")).isEmpty();
    }

    @Test
    void theOperatorsWinAndLeadOnAndTheStarComesLast() {
        var aliases = new Aliases("claude = my-claude, claude-sonnet-4-6=qwen3 ,gemini=gemini-x,gemini-x=qwen3,*=small");
        assertThat(aliases.insteadOf("claude")).containsExactly("my-claude", "small");
        assertThat(aliases.insteadOf("gemini")).containsExactly("gemini-x", "qwen3", "small");
        assertThat(aliases.insteadOf("anything")).containsExactly("small");
        assertThat(aliases.insteadOf("*")).containsExactly("small");
    }

    @Test
    void aliasesThatLeadInACircleEnd() {
        assertThat(new Aliases("a=b,b=a").insteadOf("a")).containsExactly("b", "a");
    }

    @Test
    void whatIsNoAliasIsRefusedAtTheStart() {
        assertThatThrownBy(() -> new Aliases("a=b,c")).hasMessageContaining("'c'");
        assertThatThrownBy(() -> new Aliases("=b")).hasMessageContaining("'=b'");
        assertThatThrownBy(() -> new Aliases("a=")).hasMessageContaining("'a='");
    }
}
