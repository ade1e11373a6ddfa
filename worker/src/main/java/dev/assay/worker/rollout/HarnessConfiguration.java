// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.internal.Lease;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.chat.ChatDialect;
import dev.assay.sdk.agents.claude.ClaudeDialect;
import dev.assay.sdk.agents.cli.CliHarness;
import dev.assay.sdk.agents.gemini.GeminiDialect;
import dev.assay.sdk.agents.loop.AskToGoOn;
import dev.assay.sdk.agents.loop.Dialect;
import dev.assay.sdk.agents.loop.ToolHarness;
import dev.assay.sdk.agents.openai.OpenAiDialect;
import dev.assay.sdk.agents.robot.RobotHarness;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.door.DoorKeeper;
import dev.assay.worker.lease.WorkSlots;
import dev.assay.worker.sandbox.Walls;
import java.time.Clock;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The agents that this worker drives, and how many of them at once. */
@Configuration(proxyBeanMethods = false)
class HarnessConfiguration {

    @Bean
    Harnesses harnesses(Clock clock, WorkerSettings settings, DoorKeeper door, ObjectProvider<Harness> ofThisProgram) {
        var dialects = Stream.<Dialect>of(new ClaudeDialect(), new OpenAiDialect(), new GeminiDialect(), new ChatDialect());
        var toldToGoOn = new AskToGoOn();
        return new Harnesses(Stream.of(
                        dialects.map(dialect -> (Harness) new ToolHarness(dialect, toldToGoOn, clock)),
                        Stream.of(CliHarness.claude(clock), CliHarness.codex(clock), CliHarness.command(clock)),
                        Stream.<Harness>of(new RobotHarness(door::dial, clock)),
                        ofThisProgram.orderedStream(),
                        AgentJars.in(settings.agentJars()).stream())
                .flatMap(some -> some)
                .toList());
    }

    @Bean
    WorkSlots<Lease> rollouts(RunRollout work, WorkerSettings settings, Walls walls) {
        return new WorkSlots<>(work, settings.slots(), () -> !walls.areMissing());
    }
}
