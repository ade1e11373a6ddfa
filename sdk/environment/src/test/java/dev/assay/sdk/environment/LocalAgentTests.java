// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.agents.AgentFailedException;
import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.agents.local.LocalAgent;
import dev.assay.sdk.agents.local.Rollout;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RpcException;
import dev.assay.sdk.protocol.step.Step;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An agent and an environment in one program. */
@Timeout(60)
class LocalAgentTests {

    private static final ModelEndpoint NO_MODEL = new ModelEndpoint("http://127.0.0.1:9", "none", Map.of());

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final Environment environment = Environment.named("test").template("yes", (none, agent) -> {
        try {
            return agent.ask("Say yes.").text().equals("yes");
        } catch (InterruptedException givenUp) {
            events.add("given up");
            throw givenUp;
        }
    });

    private interface Work {
        AgentResult of(AgentRun run) throws Exception;
    }

    private Rollout solve(String task, Work work) throws Exception {
        try (var serving = environment.bind("127.0.0.1", 0)) {
            return LocalAgent.of(harness(work, false), NO_MODEL, Json.object()).solve("127.0.0.1", serving.port(), task, null);
        }
    }

    private static Harness harness(Work work, boolean inside) {
        return new Harness() {
            @Override
            public String type() {
                return "own";
            }

            @Override
            public Set<String> lacking() {
                return Set.of("rfb/3.8");
            }

            @Override
            public boolean worksInside() {
                return inside;
            }

            @Override
            public AgentResult run(AgentRun run) throws Exception {
                return work.of(run);
            }
        };
    }

    @Test
    void aHarnessOfOnesOwnIsToldAllAndGraded() throws Exception {
        var run = solve("yes", own -> {
            assertThat(own.promptText()).isEqualTo("Say yes.");
            assertThat(own.model().headers()).containsEntry("Trace-Id", own.id());
            return AgentResult.completed("yes", "done");
        });
        assertThat(run.reward()).isEqualTo(1);
        assertThat(run.isError()).isFalse();
        assertThat(run.steps()).extracting(Step::source).containsExactly("task", "user", "task");
        assertThat(events).isEmpty();
    }

    @Test
    void whoGivesUpIsGradedByWhatItHad() throws Exception {
        var run = solve("yes", own -> {
            throw new AgentFailedException("no more", "yes", Json.object());
        });
        assertThat(run.reward()).isEqualTo(1);
        assertThat(run.agent().status()).isEqualTo("error");
        assertThat(run.steps()).extracting(Step::error).containsExactly(null, null, "no more", null);
    }

    @Test
    void aTaskOnWhichNobodyWorksAnyMoreIsGivenUp() throws Exception {
        var agent = LocalAgent.of(harness(own -> {
            throw new IOException("the tool broke");
        }, false), NO_MODEL, Json.object());
        try (var serving = environment.bind("127.0.0.1", 0)) {
            assertThatThrownBy(() -> agent.solve("127.0.0.1", serving.port(), "yes", null))
                    .isInstanceOf(IOException.class).hasMessage("the tool broke");
            assertThat(events).containsExactly("given up"); // and not only when serving ends
        }
    }

    @Test
    void whatCannotBeDoneIsSaidBefore() {
        assertThatThrownBy(() -> solve("no", own -> AgentResult.completed("yes", "done")))
                .isInstanceOf(RpcException.class).hasMessageContaining("unknown task: 'no'");
        environment.capability(new Capability("desk", "rfb/3.8", "rfb://127.0.0.1:9"));
        assertThatThrownBy(() -> solve("yes", own -> AgentResult.completed("yes", "done"))).hasMessageContaining("'desk' (rfb/3.8)");
        assertThatThrownBy(() -> LocalAgent.of("robot", NO_MODEL, Json.object())).hasMessageContaining("no agent of type 'robot'");
        assertThatThrownBy(() -> LocalAgent.of(harness(own -> AgentResult.completed("", "done"), true), NO_MODEL, Json.object()))
                .hasMessageContaining("a platform drives them");
    }
}
