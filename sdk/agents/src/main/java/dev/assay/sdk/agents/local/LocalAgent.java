// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.local;

import dev.assay.sdk.agents.AgentFailedException;
import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.StepRecorder;
import dev.assay.sdk.agents.chat.ChatDialect;
import dev.assay.sdk.agents.claude.ClaudeDialect;
import dev.assay.sdk.agents.gemini.GeminiDialect;
import dev.assay.sdk.agents.loop.AskToGoOn;
import dev.assay.sdk.agents.loop.ToolHarness;
import dev.assay.sdk.agents.openai.OpenAiDialect;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.Step;
import dev.assay.sdk.protocol.step.SystemStep;
import dev.assay.sdk.protocol.step.TaskStep;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An agent that needs no platform: a model at an address, and what lets it act on environments. Holds nothing of a run: one agent works
 * on many tasks at once, each in the thread that asks for it.
 *
 * <pre>{@code
 * var agent = LocalAgent.chat("http://localhost:11434/v1", "any", "qwen3");
 * try (var serving = environment.bind("127.0.0.1", 0)) {
 *     var run = agent.solve("127.0.0.1", serving.port(), "count_letter", Map.of("word", "banana", "letter", "a"));
 *     System.out.println(run.reward() + " for " + run.answer());
 * }
 * }</pre>
 */
public final class LocalAgent {

    /** For an environment that is still starting. */
    private static final Duration READY = Duration.ofSeconds(240);

    private static final StepRecorder NOBODY = (step, startedAt, endedAt) -> {};

    private final Harness harness;
    private final ModelEndpoint model;
    private final JsonNode config;
    private final Clock clock;

    private LocalAgent(Harness harness, ModelEndpoint model, JsonNode config, Clock clock) {
        this.harness = harness;
        this.model = model;
        this.config = config;
        this.clock = clock;
    }

    /**
     * A model behind the Chat Completions protocol, with the tools of {@code openai_compatible}.
     *
     * @param baseUrl what an OpenAI SDK takes as its base url
     * @param key whatever the server wants of one that needs none
     */
    public static LocalAgent chat(String baseUrl, String key, String model) {
        return of("openai_compatible", new ModelEndpoint(baseUrl, key, Map.of()), Json.object().put("model", model));
    }

    /**
     * One of the agents with tools.
     *
     * @param type {@code claude}, {@code openai}, {@code gemini} or {@code openai_compatible}
     * @param model where the provider answers in that type's own dialect
     * @param config what a submitted agent's config may hold, {@code model} first of all
     * @throws IllegalArgumentException if there is no such type
     */
    public static LocalAgent of(String type, ModelEndpoint model, JsonNode config) {
        var clock = Clock.systemUTC();
        var harness = Stream.of(new ClaudeDialect(), new OpenAiDialect(), new GeminiDialect(), new ChatDialect())
                .filter(dialect -> dialect.type().equals(type))
                .findFirst()
                .map(dialect -> new ToolHarness(dialect, new AskToGoOn(), clock))
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no agent of type '" + type + "': there are claude, openai, gemini and openai_compatible"));
        return of(harness, model, config);
    }

    /**
     * An agent of one's own.
     *
     * @throws IllegalArgumentException if its agents are programs inside workspaces: those are driven by a platform
     */
    public static LocalAgent of(Harness harness, ModelEndpoint model, JsonNode config) {
        if (harness.worksInside()) {
            throw new IllegalArgumentException("agents of type '" + harness.type() + "' are programs inside a workspace: a platform drives them");
        }
        return new LocalAgent(harness, model, config, Clock.systemUTC());
    }

    public Rollout solve(String host, int port, String task, @Nullable Object args) throws Exception {
        return solve(host, port, task, args, NOBODY);
    }

    /**
     * Starts a task, works on it and has it graded.
     *
     * @param host where the environment's control channel answers; waited for if it does not yet
     * @param task the template's id
     * @param args a record, a map or a tree, as the template wants them; null: none
     * @param watcher told of each step as it happens, by the thread that works
     * @throws dev.assay.sdk.protocol.RpcException if the environment refuses the task or cannot grade it
     * @throws IOException if the environment goes away
     * @throws NoModelAnswerException if not one model call was answered: nothing was graded, the task was given up
     * @throws InterruptedException if the thread was interrupted: the task was given up
     */
    public Rollout solve(String host, int port, String task, @Nullable Object args, StepRecorder watcher) throws Exception {
        var id = UUID.randomUUID().toString().replace("-", "");
        var arguments = args == null ? Json.object() : Json.tree(args);
        var happened = Collections.synchronizedList(new ArrayList<Step>());
        StepRecorder steps = (step, startedAt, endedAt) -> {
            happened.add(step);
            watcher.record(step, startedAt, endedAt);
        };
        try (var client = ControlClient.connect(host, port, READY)) {
            refuseWhatIsLacking(client);
            var begun = clock.instant();
            var frame = client.start(task, arguments);
            steps.record(TaskStep.setup(task, arguments, frame), begun, clock.instant());
            var result = work(client, id, frame, steps);
            var grading = clock.instant();
            var payload = (ObjectNode) Json.object().set("answer", Json.tree(result.content()));
            var grade = client.grade(payload);
            steps.record(TaskStep.evaluate(task, payload, grade), grading, clock.instant());
            return new Rollout(id, result, grade, happened);
        }
    }

    private void refuseWhatIsLacking(ControlClient client) throws IOException {
        for (var capability : client.hello().bindings()) {
            if (harness.lacking().contains(capability.protocol())) {
                throw new IOException("the environment offers '" + capability.name() + "' (" + capability.protocol()
                        + "), which an agent of type '" + harness.type() + "' cannot work with");
            }
        }
    }

    private AgentResult work(ControlClient client, String id, ObjectNode started, StepRecorder steps) throws Exception {
        var prompt = started.get("prompt");
        var endpoint = new ModelEndpoint(model.baseUrl(), model.apiKey(), headers(id));
        boolean ended = false;
        try {
            var turns = PromptTurn.of(prompt);
            if (prompt != null && !prompt.isNull()) {
                steps.record(PromptTurn.step(turns), null, clock.instant());
            }
            var run = new AgentRun(
                    id, null, config, turns, client.hello().bindings(), capability -> client.openTunnel(capability.name()), endpoint, steps, null,
                    started);
            var result = client.during(() -> harness.run(run));
            ended = true;
            return result;
        } catch (AgentFailedException gaveUp) {
            ended = true;
            var why = Objects.requireNonNullElse(gaveUp.getMessage(), "the agent gave up");
            steps.record(new SystemStep(why), null, clock.instant());
            return AgentResult.failed(gaveUp.content(), null, why).with(gaveUp.extra());
        } finally {
            if (!ended) {
                client.cancel(); // nobody is left to answer: what the task holds is given back
            }
        }
    }

    private Map<String, String> headers(String id) {
        var headers = new HashMap<>(model.headers());
        headers.put("Trace-Id", id);
        return headers;
    }
}
