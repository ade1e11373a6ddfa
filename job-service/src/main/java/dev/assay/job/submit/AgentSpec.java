// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.job.run.Told;
import dev.assay.kit.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which agents the platform drives, and whether one may be set up like that. What a config says of its type is done or refused. Members
 * that its type does not know are ignored, as clients do it: the rows of a taskset are for agents of any type.
 */
public final class AgentSpec {

    /** A command of the submitter's own, run inside the sandbox. */
    static final String COMMAND = "command";

    /** A policy that somebody serves, driving a robot. */
    static final String ROBOT = "robot";

    /** What each type calls if its config names no model; null: none of the platform's. */
    private static final Map<String, @Nullable String> DEFAULT_MODELS = new LinkedHashMap<>();

    static {
        DEFAULT_MODELS.put("claude", "claude-sonnet-4-6");
        DEFAULT_MODELS.put("openai", "gpt-5.6");
        DEFAULT_MODELS.put("gemini", "gemini-3.1-pro-preview");
        DEFAULT_MODELS.put("openai_compatible", "gpt-5.4-mini");
        DEFAULT_MODELS.put("claude_cli", "claude-sonnet-5");
        DEFAULT_MODELS.put("codex_cli", "gpt-5.6-sol");
        DEFAULT_MODELS.put(ROBOT, null);
        DEFAULT_MODELS.put(COMMAND, null);
    }

    /** Those that are programs inside the sandbox, which ask their models from there. */
    private static final Set<String> INSIDE = Set.of("claude_cli", "codex_cli", COMMAND);

    private AgentSpec() {}

    /** Of types that an operator's own workers drive only they know. */
    static boolean worksInside(String type) {
        return INSIDE.contains(type);
    }

    /**
     * @param further types that an operator's own workers drive; what their configs may hold only they know
     * @return the agent's type
     * @throws Problem 400 that names the first member that cannot be had
     */
    static String check(JsonNode agent, Set<String> further) {
        var told = agent.get("type");
        if (told != null && !told.isNull() && !told.isString()) {
            throw Problem.badRequest("agent.type", "must be a string");
        }
        var type = Told.requiredName("agent.type", told == null || told.isNull() ? null : told.stringValue());
        if (!DEFAULT_MODELS.containsKey(type) && !further.contains(type)) {
            throw Problem.badRequest(
                    "agent.type", "'" + type + "' is none of " + String.join(", ", DEFAULT_MODELS.keySet())
                            + (further.isEmpty() ? "" : ", " + String.join(", ", further)));
        }
        var config = Told.object("agent.config", agent.get("config"));
        AgentFields.check(type, config, DEFAULT_MODELS.containsKey(type));
        return type;
    }

    /** The model that an agent calls: the key of its run opens no other. Null: none. */
    public static @Nullable String model(JsonNode agent) {
        var config = agent.path("config");
        return config.path("model").asStringOpt()
                .or(() -> config.path("checkpoint_name").asStringOpt())
                .orElseGet(() -> DEFAULT_MODELS.get(agent.path("type").asString("")));
    }
}
