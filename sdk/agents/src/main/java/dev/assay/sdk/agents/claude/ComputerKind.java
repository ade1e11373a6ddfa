// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** In which words a model is offered the screen. */
enum ComputerKind {
    /** A tool like any other, for models that know no word of the provider's. */
    GENERIC("function", null),
    V2025_11("computer_20251124", "computer-use-2025-11-24"),
    V2025_01("computer_20250124", "computer-use-2025-01-24"),
    /** Each action is called as a tool of its own. */
    TOOLSET("computer_toolset_20260801", null);

    private static final List<String> NOVEMBER =
            List.of("*claude-opus-4-5*", "*claude-opus-4-6*", "*claude-sonnet-4-6*", "*claude-opus-4-7*", "*claude-opus-4-8*");
    private static final List<String> JANUARY = List.of(
            "*claude-sonnet-4-5*", "*claude-haiku-4-5*", "*claude-opus-4-1*",
            "*claude-opus-4", "*claude-opus-4-0*", "*claude-opus-4-2025*", "*claude-opus-4@*",
            "*claude-sonnet-4", "*claude-sonnet-4-0*", "*claude-sonnet-4-2025*", "*claude-sonnet-4@*");

    private final String type;
    private final @Nullable String beta;

    ComputerKind(String type, @Nullable String beta) {
        this.type = type;
        this.beta = beta;
    }

    static ComputerKind of(String model) {
        if (!isClaude(model)) {
            return GENERIC;
        }
        return matches(model, NOVEMBER) ? V2025_11 : matches(model, JANUARY) ? V2025_01 : TOOLSET;
    }

    /** Whether a model knows the provider's own words for tools. */
    static boolean isClaude(String model) {
        return model.toLowerCase(Locale.ROOT).contains("claude");
    }

    String type() {
        return type;
    }

    /** What a request with such a tool must say in its header; null: nothing. */
    @Nullable String beta() {
        return beta;
    }

    private static boolean matches(String model, List<String> globs) {
        return globs.stream()
                .anyMatch(glob -> model.toLowerCase(Locale.ROOT).matches("(?s)" + glob.replace("*", ".*")));
    }
}
