// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import static dev.assay.job.submit.FieldRules.any;
import static dev.assay.job.submit.FieldRules.flag;
import static dev.assay.job.submit.FieldRules.number;
import static dev.assay.job.submit.FieldRules.object;
import static dev.assay.job.submit.FieldRules.oneOf;
import static dev.assay.job.submit.FieldRules.positiveSeconds;
import static dev.assay.job.submit.FieldRules.screenshot;
import static dev.assay.job.submit.FieldRules.someOf;
import static dev.assay.job.submit.FieldRules.text;
import static dev.assay.job.submit.FieldRules.texts;
import static dev.assay.job.submit.FieldRules.thinking;
import static dev.assay.job.submit.FieldRules.webSocket;
import static dev.assay.job.submit.FieldRules.whole;
import static dev.assay.job.submit.FieldRules.wordOfACommand;

import dev.assay.kit.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The table of {@code docs/agents.md}: every member of an agent's config, whose it is and what it may be. */
final class AgentFields {

    private static final Set<String> TOOL_AGENTS = Set.of("claude", "openai", "gemini", "openai_compatible");
    private static final Set<String> CLAUDE = Set.of("claude");
    private static final Set<String> OPENAI = Set.of("openai");
    private static final Set<String> GEMINI = Set.of("gemini");
    private static final Set<String> CHAT = Set.of("openai_compatible");
    private static final Set<String> CLAUDE_CLI = Set.of("claude_cli");
    private static final Set<String> CODEX_CLI = Set.of("codex_cli");
    private static final Set<String> COMMAND = Set.of(AgentSpec.COMMAND);
    private static final Set<String> ROBOT = Set.of(AgentSpec.ROBOT);
    /** Those that call the platform's models. */
    private static final Set<String> CALLERS =
            Set.of("claude", "openai", "gemini", "openai_compatible", "claude_cli", "codex_cli", AgentSpec.COMMAND);
    private static final Set<String> ALL = and(CALLERS, ROBOT);

    /**
     * One member for some types. A name may have several: what it may be differs by type.
     *
     * @param types that do what it says; of the others it is none, and ignored like any member that is unknown
     */
    private record Field(String name, Set<String> types, FieldRules.Rule rule) {}

    private static final List<Field> FIELDS = List.of(
            field("timeout_seconds", ALL, positiveSeconds()),
            field("model_name", ALL, text()),
            field("model", CALLERS, text()),
            field("checkpoint_name", CALLERS, text()),
            field("gateway", ALL, flag()),
            field("auto_respond", TOOL_AGENTS, flag()),
            field("max_steps", and(TOOL_AGENTS, CLAUDE_CLI), whole(null)),
            field("tool_timeout_seconds", TOOL_AGENTS, positiveSeconds()),
            field("system_prompt", TOOL_AGENTS, text()),
            field("system_prompt", CLAUDE_CLI, wordOfACommand()),
            field("citations_enabled", TOOL_AGENTS, flag()),
            field("stop_on", TOOL_AGENTS, someOf("length", "malformed_tool_call")),
            field("browser_tools", TOOL_AGENTS, flag()),
            field("screenshot_encoding", and(TOOL_AGENTS, CLAUDE_CLI), screenshot()),
            field("max_tokens", CLAUDE, whole(1)),
            field("use_computer_beta", CLAUDE, flag()),
            field("thinking", CLAUDE, thinking()),
            field("max_tool_result_images", CLAUDE, whole(1)),
            field("max_output_tokens", and(OPENAI, GEMINI), whole(1)),
            field("temperature", and(OPENAI, GEMINI), number()),
            field("reasoning", OPENAI, any()),
            field("tool_choice", OPENAI, any()),
            field("text", OPENAI, any()),
            field("truncation", OPENAI, oneOf("auto", "disabled")),
            field("parallel_tool_calls", OPENAI, flag()),
            field("prompt_cache_key", OPENAI, FieldRules.text(1, 64)),
            field("top_p", GEMINI, number()),
            field("top_k", GEMINI, whole(null)),
            field("excluded_predefined_functions", GEMINI, texts()),
            field("thinking_level", GEMINI, oneOf("minimal", "low", "medium", "high")),
            field("include_thoughts", GEMINI, flag()),
            field("max_tool_result_chars", GEMINI, whole(null)),
            field("checkpoint", CHAT, text()),
            field("completion_kwargs", CHAT, object()),
            field("permission_mode", CLAUDE_CLI, oneOf("acceptEdits", "auto", "bypassPermissions", "default", "dontAsk", "plan")),
            field("reasoning_effort", CLAUDE_CLI, oneOf("low", "medium", "high", "xhigh", "max")),
            field("allowed_tools", CLAUDE_CLI, texts()),
            field("sandbox", CODEX_CLI, oneOf("read-only", "workspace-write", "danger-full-access")),
            field("reasoning_effort", CODEX_CLI, oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max")),
            field("command", COMMAND, FieldRules.text(1, 100_000)),
            field("policy", ROBOT, webSocket()),
            field("max_steps", ROBOT, whole(1)),
            field("adapter", ROBOT, oneOf("openpi", "lerobot", "none")),
            field("image_keys", ROBOT, texts()),
            field("chunk_size", ROBOT, whole(1)),
            field("response_key", ROBOT, FieldRules.text(1, 200)),
            field("inference_timeout_seconds", ROBOT, positiveSeconds()),
            // what a client never sends: its own way to a model, and tools that exist in its process only
            field("api_key", Set.of(), any()),
            field("base_url", Set.of(), any()),
            field("model_client", Set.of(), any()),
            field("hosted_tools", Set.of(), any()));

    private AgentFields() {}

    /** @param ours whether the type is one of the platform's own, so that all that it may be set up with is known here */
    static void check(String type, @Nullable JsonNode config, boolean ours) {
        for (var member : config == null ? List.<Map.Entry<String, JsonNode>>of() : config.propertyStream().toList()) {
            var named = FIELDS.stream().filter(field -> field.name().equals(member.getKey())).toList();
            var own = named.stream().filter(field -> ours ? field.types().contains(type) : field.types().containsAll(CALLERS)).findFirst();
            if (own.isPresent()) {
                refuse(member.getKey(), member.getValue().isNull() ? null : own.get().rule().problem(member.getValue()));
            } else if (ours && named.stream().anyMatch(field -> field.types().isEmpty()) && says(member.getValue())) {
                refuse(member.getKey(), "hosted agents have no such setting: their calls go to the platform's models, with a key of the "
                        + "run's own");
            }
        }
        if (ours) {
            together(type, config);
        }
    }

    /** What members say of each other. */
    private static void together(String type, @Nullable JsonNode config) {
        if (type.equals(AgentSpec.COMMAND) && (config == null || !config.path("command").isString())) {
            refuse("command", "required: what to run in the sandbox");
        }
        if (type.equals(AgentSpec.ROBOT)) {
            if (config == null || !config.path("policy").isString()) {
                refuse("policy", "required: where the robot's policy is served, ws://host:port");
            }
            if (config.path("image_keys").size() > 0 && !config.path("adapter").asString("").equals("lerobot")) {
                refuse("image_keys", "only the adapter 'lerobot' has names of its own for pictures");
            }
        }
        if (!type.equals("claude") || config == null) {
            return;
        }
        var thinking = config.path("thinking");
        var budget = thinking.path("budget_tokens");
        var limit = config.path("max_tokens");
        if (budget.isNumber() && budget.asLong() >= (limit.isNumber() ? limit.asLong() : 16_384)) {
            refuse("thinking.budget_tokens", "must be less than max_tokens");
        }
        if (config.hasNonNull("max_tool_result_images") && (!thinking.isObject() || thinking.path("type").asString("").equals("disabled"))) {
            refuse("max_tool_result_images", "needs thinking that is adaptive or enabled");
        }
    }

    private static void refuse(String field, @Nullable String problem) {
        if (problem != null) {
            throw Problem.badRequest("agent.config." + field, problem);
        }
    }

    /** What is left at nothing asks for nothing. */
    private static boolean says(JsonNode value) {
        return !(value.isNull() || value.isBoolean() && !value.booleanValue() || value.isContainer() && value.isEmpty());
    }

    private static Field field(String name, Set<String> types, FieldRules.Rule rule) {
        return new Field(name, types, rule);
    }

    private static Set<String> and(Set<String> one, Set<String> other) {
        var both = new ArrayList<>(one);
        both.addAll(other);
        return Set.copyOf(both);
    }
}
