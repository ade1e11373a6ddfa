// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import dev.assay.kit.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a model must be before it may enter the catalog: clients give up on the whole list for one entry that is wrong. */
final class ModelRules {

    static final String DEFAULT_AGENT = "openai_compatible";

    private static final List<String> AGENTS = List.of("claude", "openai", "gemini", DEFAULT_AGENT, "claude_cli", "codex_cli");
    private static final int LONGEST = 200;

    private ModelRules() {}

    static String slug(@Nullable String modelName) {
        var slug = required("model_name", modelName);
        if (!slug.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw Problem.badRequest("model_name", "may hold printable ASCII characters without blanks only");
        }
        return slug;
    }

    static String required(String field, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw Problem.badRequest(field, "required");
        }
        return bounded(field, value.strip());
    }

    static ModelId id(String field, @Nullable String value) {
        try {
            return ModelId.parse(required(field, value));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(field, String.valueOf(e.getMessage()));
        }
    }

    static @Nullable String optional(String field, @Nullable String value) {
        return value == null || value.isBlank() ? null : bounded(field, value.strip());
    }

    /** A trainer serves what was forked, and nothing that is entered: by it one would reach the weights of any model whose id one knows. */
    static String provider(@Nullable String value) {
        var provider = required("provider", value);
        if (provider.equalsIgnoreCase(Model.BY_TRAINER)) {
            throw Problem.badRequest("provider", "models of '" + provider + "' are forked, not entered");
        }
        return provider;
    }

    static String agentType(@Nullable String type) {
        if (type == null) {
            return DEFAULT_AGENT;
        }
        if (!AGENTS.contains(type)) {
            throw Problem.badRequest("sdk_agent_type", "must be one of " + String.join(", ", AGENTS));
        }
        return type;
    }

    private static String bounded(String field, String value) {
        if (value.length() > LONGEST) {
            throw Problem.badRequest(field, "longer than " + LONGEST + " characters");
        }
        if (value.indexOf('\0') >= 0) {
            throw Problem.badRequest(field, "must not hold U+0000");
        }
        return value;
    }
}
