// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.graders.Combine;
import dev.assay.sdk.graders.Compare;
import dev.assay.sdk.graders.SubScore;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RpcException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Timeout(60)
class EnvironmentTests {

    record Greet(String name, @Nullable Integer times) {}

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    private final Environment environment = Environment.named("test")
            .version("1.2.3")
            .template("greet", Greet.class, (task, agent) -> {
                var answer = agent.ask("Greet " + task.name());
                return Compare.contains(answer.text(), task.name());
            })
            .describe("greet", "Say hello.")
            .onTaskEnd(session -> events.add("task end"));

    private ControlClient connect(Serving serving) throws Exception {
        return ControlClient.connect("127.0.0.1", serving.port(), Duration.ofSeconds(10));
    }

    private JsonNode run(String task, JsonNode args, ObjectNode payload) throws Exception {
        try (var serving = environment.bind("127.0.0.1", 0);
                var client = connect(serving)) {
            client.start(task, args);
            return client.grade(payload);
        }
    }

    private static ObjectNode answer(String text) {
        return Json.object().put("answer", text);
    }

    @Test
    void asksThenGrades() throws Exception {
        try (var serving = environment.bind("127.0.0.1", 0);
                var client = connect(serving)) {
            assertThat(client.hello().env().name()).isEqualTo("test");
            assertThat(client.hello().env().version()).isEqualTo("1.2.3");
            var prompt = client.start("greet", Json.object().put("name", "Ada"));
            assertThat(prompt).isEqualTo(Json.object().put("prompt", "Greet Ada"));
            assertThat(client.grade(answer("hello ada"))).isEqualTo(Json.object().put("score", 1.0));
            assertThat(events).containsExactly("task end");
        }
    }

    @Test
    void listsItsTemplates() throws Exception {
        try (var serving = environment.bind("127.0.0.1", 0);
                var client = connect(serving)) {
            assertThat(client.rawTasks().toString())
                    .isEqualTo("[{\"id\":\"greet\",\"description\":\"Say hello.\",\"args\":{\"properties\":{\"name\":{\"title\":\"Name\","
                            + "\"type\":\"string\"},\"times\":{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}],\"default\":null,"
                            + "\"title\":\"Times\"}},\"required\":[\"name\"],\"type\":\"object\",\"additionalProperties\":false}}]");
        }
    }

    @Test
    void saysWhatIsWrongWithArguments() throws Exception {
        try (var serving = environment.bind("127.0.0.1", 0);
                var client = connect(serving)) {
            assertThatThrownBy(() -> client.start("greet", Json.object().put("who", 1).put("name", "x")))
                    .isInstanceOf(RpcException.class)
                    .hasMessage("hud rpc error -32000: task 'greet': bad args ['name', 'who']: got an unexpected keyword argument 'who'");
            assertThatThrownBy(() -> client.start("greet", null)).hasMessageContaining("bad args []: missing a required argument: 'name'");
            assertThatThrownBy(() -> client.start("greet", Json.object().put("name", "x").put("times", "many")))
                    .hasMessageContaining("'many' does not fit 'times'");
            assertThat(events).isEmpty();
        }
    }

    @Test
    void givesATypedAnswer() throws Exception {
        environment.template("sum", Environment.NoArguments.class, Integer.class, (_, agent) -> {
            var answer = agent.ask("2 + 3?");
            events.add("content " + answer.content() + " text " + answer.text());
            return answer.content() != null && answer.content() == 5;
        });
        assertThat(run("sum", Json.object(), answer("5")).get("score").doubleValue()).isEqualTo(1.0);
        assertThat(run("sum", Json.object(), answer("five")).get("score").doubleValue()).isEqualTo(0.0);
        assertThat(run("sum", Json.object(), Json.object().put("answer", 5)).get("score").doubleValue()).isEqualTo(1.0);
        assertThat(run("sum", Json.object(), Json.object()).get("score").doubleValue()).isEqualTo(0.0);
        assertThat(events).contains("content 5 text 5", "content null text five", "content null text ");
    }

    @Test
    void takesAnyArgumentsAsATree() throws Exception {
        environment.template("free", ObjectNode.class, (args, agent) -> {
            agent.ask(Map.of("prompt", args.path("say").asString(), "bindings", Map.of()));
            return Combine.combine(SubScore.of("a", 1), SubScore.of("b", 0));
        });
        var frame = run("free", Json.object().put("say", "hi").put("more", 1), answer("x"));
        assertThat(frame.get("score").doubleValue()).isEqualTo(0.5);
        assertThat(frame.get("subscores")).hasSize(2);
    }

    @Test
    void reportsWhatATemplateThrows() throws Exception {
        environment.template("badstart", (_, _) -> {
            throw new IllegalStateException("setup broke");
        });
        environment.template("badgrade", (_, agent) -> {
            agent.ask("?");
            throw new IllegalStateException("grader broke");
        });
        environment.template("silent", (_, _) -> 1);
        environment.template("nan", (_, agent) -> agent.ask("?").text().isEmpty() ? 0 : Double.NaN);
        environment.template("odd", (_, agent) -> agent.ask("?").text());
        environment.template("twice", (_, agent) -> agent.ask("?").text() + agent.ask("?").text());
        try (var serving = environment.bind("127.0.0.1", 0);
                var client = connect(serving)) {
            assertThatThrownBy(() -> client.start("badstart", null)).hasMessage("hud rpc error -32000: setup broke");
            assertThatThrownBy(() -> client.start("silent", null)).hasMessageContaining("ended without asking anything");
            for (var task : List.of("badgrade", "nan", "odd", "twice")) {
                client.start(task, null);
                assertThatThrownBy(() -> client.grade(answer("x")))
                        .isInstanceOf(RpcException.class)
                        .message()
                        .containsAnyOf("grader broke", "non-finite score (nan)", "task graded with String", "asks only once");
            }
            assertThat(events).hasSize(6);
        }
    }

    @Test
    void cleansUpAtOnceWhenCancelled() throws Exception {
        environment.template("slowstart", (_, _) -> sleep("start"));
        environment.template("slowgrade", (_, agent) -> {
            agent.ask("?");
            return sleep("grade");
        });
        environment.template("waiting", (_, agent) -> {
            try {
                return agent.ask("?").text();
            } finally {
                events.add("waiting cleaned up");
            }
        });
        try (var serving = environment.bind("127.0.0.1", 0);
                var client = connect(serving)) {
            var starting = CompletableFuture.supplyAsync(() -> failure(() -> client.start("slowstart", null)));
            awaitEvent("start sleeps");
            assertThat(client.cancel()).isTrue();
            assertThat(starting.join()).hasMessageContaining("tasks.cancel interrupted the task");
            assertThat(events).containsExactly("start sleeps", "start cleaned up", "task end");

            client.start("slowgrade", null);
            var grading = CompletableFuture.supplyAsync(() -> failure(() -> client.grade(answer("x"))));
            awaitEvent("grade sleeps");
            assertThat(client.cancel()).isTrue();
            assertThat(grading.join()).hasMessageContaining("tasks.cancel interrupted the task");
            assertThat(events).contains("grade cleaned up").filteredOn("task end"::equals).hasSize(2);

            client.start("waiting", null);
            assertThat(client.cancel()).isTrue();
            assertThat(events).contains("waiting cleaned up");
        }
    }

    @Test
    void runsHooksAroundServing() throws Exception {
        environment
                .onInitialize(() -> environment.capability(new Capability("shell", "ssh/2", "ssh://127.0.0.1:22")))
                .onInitialize(() -> events.add("initialized"))
                .onShutdown(() -> events.add("first"))
                .onShutdown(() -> {
                    throw new IllegalStateException("does not matter");
                })
                .onShutdown(() -> events.add("last"));
        try (var serving = environment.bind("127.0.0.1", 0);
                var client = connect(serving)) {
            assertThat(client.hello().bindings()).extracting(Capability::name).containsExactly("shell");
            assertThat(events).containsExactly("initialized");
            client.start("greet", Json.object().put("name", "Ada"));
        }
        assertThat(events).containsExactly("initialized", "task end", "last", "first");
    }

    @Test
    void opensNoPortWhenAnInitializeHookFails() {
        environment.onInitialize(() -> {
            throw new IllegalStateException("no database");
        });
        assertThatThrownBy(() -> environment.bind("127.0.0.1", 0)).hasMessage("no database");
    }

    private @Nullable Object sleep(String phase) throws InterruptedException {
        try {
            events.add(phase + " sleeps");
            new CountDownLatch(1).await();
            return 1;
        } finally {
            events.add(phase + " cleaned up");
        }
    }

    private void awaitEvent(String event) throws InterruptedException {
        while (!events.contains(event)) {
            Thread.sleep(1);
        }
    }

    private interface Call {
        void run() throws Exception;
    }

    private static Exception failure(Call call) {
        try {
            call.run();
            throw new AssertionError("should have failed");
        } catch (Exception failed) {
            return failed;
        }
    }
}
