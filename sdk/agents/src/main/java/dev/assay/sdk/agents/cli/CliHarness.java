// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import dev.assay.sdk.agents.AgentFailedException;
import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.InsideModel;
import dev.assay.sdk.agents.Interruptible;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.loop.LoopSettings;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.ssh.SshWorkspace;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.SystemStep;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an agent that is a program inside the environment's workspace. It needs exactly one shell there. */
public final class CliHarness implements Harness {

    private static final Logger log = LoggerFactory.getLogger(CliHarness.class);

    /** How an ssh session says which bound connections its first process is to reach. */
    private static final String CONNECTIONS = "HUD_PROCESS_CONNECTIONS";

    /** For what follows the end of a command: removing files, closing the workspace. */
    private static final Duration REST = Duration.ofSeconds(5);

    /** Characters: a program may write its whole log there. */
    private static final int MOST_ERRORS = 64 * 1024;

    private final Cli cli;
    private final Clock clock;

    private CliHarness(Cli cli, Clock clock) {
        this.cli = cli;
        this.clock = clock;
    }

    /** The Claude CLI, {@code claude_cli}. */
    public static Harness claude(Clock clock) {
        return new CliHarness(new ClaudeCli(), clock);
    }

    /** The Codex CLI, {@code codex_cli}. */
    public static Harness codex(Clock clock) {
        return new CliHarness(new CodexCli(), clock);
    }

    /** A command that the agent's config gives, {@code command}. */
    public static Harness command(Clock clock) {
        return new CliHarness(new CommandCli(), clock);
    }

    @Override
    public String type() {
        return cli.type();
    }

    @Override
    public Set<String> lacking() {
        return cli.lacking();
    }

    @Override
    public boolean worksInside() {
        return true;
    }

    @Override
    public AgentResult run(AgentRun run) throws Exception {
        var trace = new CliTrace(run.steps());
        var limit = LoopSettings.seconds(run.config().path("timeout_seconds"));
        try {
            return Interruptible.call(() -> drive(run, trace), limit, SshWorkspace.LONGEST_ENDING.plus(REST));
        } catch (TimeoutException e) {
            var answered = wasAnswered(run, trace);
            var error = "agent timed out after " + LoopSettings.seconds(limit) + "s" + (answered ? "" : ", before it answered");
            run.steps().record(new SystemStep(error), null, clock.instant());
            if (!answered) {
                throw new NoModelAnswerException(error, "timeout", e);
            }
            return AgentResult.failed(trace.content(), "timeout", error).with(trace.extra());
        } catch (CliException | IOException e) {
            var error = String.valueOf(e.getMessage());
            if (!wasAnswered(run, trace)) {
                run.steps().record(new SystemStep(error), null, clock.instant());
                throw NoModelAnswerException.notAsked(error, e);
            }
            throw new AgentFailedException(error, trace.content(), trace.extra());
        }
    }

    /** Of a program that tells nothing of its model only the calls do: what it made of an answer is its own, also where that is nothing. */
    private boolean wasAnswered(AgentRun run, CliTrace trace) {
        var model = run.inside();
        return trace.wasAnswered() || !cli.tellsOfItsModel() && model != null && model.answered().getAsBoolean();
    }

    private AgentResult drive(AgentRun run, CliTrace trace) throws Exception {
        var shell = shell(run.capabilities());
        var model = run.inside();
        if (model == null) {
            throw new CliException("nobody said how agents inside the environment's workspace reach their model");
        }
        try (var workspace = SshWorkspace.connect(shell, run.route())) {
            var remote = new RemoteShell(workspace);
            var launch = cli.launch(run, model, remote);
            try {
                for (var file : launch.files().entrySet()) {
                    remote.write(file.getKey(), file.getValue());
                }
                var events = cli.events(run, trace);
                var variables = model.connection() == null
                        ? Map.<String, String>of()
                        : Map.of(CONNECTIONS, Json.array().add(model.connection()).toString());
                var ended = workspace.stream(
                        launch.command(), variables, launch.input().getBytes(StandardCharsets.UTF_8),
                        line -> events.line(without(model, line), clock.instant()));
                events.end(ended.status(), lastOf(without(model, ended.errorText())));
            } finally {
                cleanUp(launch, remote);
            }
        }
        return AgentResult.completed(trace.content(), null).with(trace.extra());
    }

    private static String lastOf(String errors) {
        return errors.substring(Math.max(0, errors.length() - MOST_ERRORS));
    }

    /** The workspace may see the key; whoever reads the timeline need not. */
    private static String without(InsideModel model, String text) {
        return model.connection() == null ? text.replace(model.key(), "***") : text;
    }

    /** What cannot be removed is in a workspace that ends with the run. */
    private static void cleanUp(Launch launch, RemoteShell remote) throws InterruptedException {
        if (launch.cleanUp().isEmpty()) {
            return;
        }
        try {
            remote.run(launch.cleanUp());
        } catch (SshConnectionException e) {
            log.warn("the files of an agent's program cannot be removed: {}", e.getMessage());
        }
    }

    private static Capability shell(List<Capability> capabilities) throws CliException {
        var shells = capabilities.stream().filter(one -> one.family().equals("ssh")).toList();
        if (shells.size() != 1) {
            throw new CliException(
                    shells.isEmpty()
                            ? "the environment offers no shell (ssh), in which the agent would run"
                            : "the environment offers several shells: " + shells.stream().map(Capability::name).toList());
        }
        var kind = shells.getFirst().params().path("shell").asString("bash");
        if (Set.of("cmd", "powershell").contains(kind)) {
            throw new CliException("the environment's shell is " + kind + ", in which this platform starts no agents");
        }
        return shells.getFirst();
    }
}
