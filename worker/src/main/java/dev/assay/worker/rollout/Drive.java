// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.EnvironmentName;
import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.Failure.Phase;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.contracts.internal.Lease;
import dev.assay.sdk.agents.AgentFailedException;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.Harness;
import dev.assay.sdk.agents.InsideModel;
import dev.assay.sdk.agents.Interruptible;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.StepRecorder;
import dev.assay.sdk.agents.ssh.SshWorkspace;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.ControlLostException;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.SystemStep;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SessionFiles;
import dev.assay.worker.lease.StopCause;
import dev.assay.worker.sandbox.Environments;
import dev.assay.worker.sandbox.Sandboxes;
import dev.assay.worker.span.Timeline;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Leads one attempt through its phases. What fails is a verdict; only interruption gets out. */
final class Drive {

    /** For an agent that was told to end: harnesses close what they opened, for as long as that may take. */
    private static final Duration PATIENCE = SshWorkspace.LONGEST_ENDING.plusSeconds(10);

    private static final int MOST_IN_COMPANY = 2;
    private static final Set<Kind> SANDBOXES_OWN = EnumSet.of(Kind.ENVIRONMENT, Kind.GRADER, Kind.INFRASTRUCTURE);

    private final Attempt attempt;
    private final Timeline timeline;
    private final Environments environments;
    private final Sandboxes sandboxes;
    private final Sandboxes.TeamsCredentials credentials;
    private final Harnesses harnesses;
    private final String inferenceUrl;
    private final Clock clock;
    private final TaskCalls tasks;
    private final SandboxEnd end;
    private final Runnable onRunning;
    private final Runnable onVerifier;

    private volatile @Nullable EnvironmentVersion version;
    private volatile @Nullable EnvironmentVersion verifierVersion;
    private @Nullable AgentEnding agent;
    private @Nullable ObjectNode evaluation;

    Drive(
            Attempt attempt, Timeline timeline, Environments environments, Sandboxes sandboxes,
            Sandboxes.TeamsCredentials credentials, Harnesses harnesses, String inferenceUrl, Clock clock, Runnable onRunning, Runnable onVerifier) {
        this.attempt = attempt;
        this.timeline = timeline;
        this.environments = environments;
        this.sandboxes = sandboxes;
        this.credentials = credentials;
        this.harnesses = harnesses;
        this.inferenceUrl = inferenceUrl;
        this.clock = clock;
        this.tasks = new TaskCalls(timeline, clock);
        this.end = new SandboxEnd(attempt);
        this.onRunning = onRunning;
        this.onVerifier = onVerifier;
    }

    /** Which version runs; null if none was found yet. */
    @Nullable VersionId version() {
        var found = version;
        return found == null ? null : found.versionId();
    }

    /** Which version of another environment verifies; null if none was found yet. */
    @Nullable VersionId verifierVersion() {
        var found = verifierVersion;
        return found == null ? null : found.versionId();
    }

    /** The number of the version that ran; null if none was found. */
    @Nullable Integer versionNumber() {
        var found = version;
        return found == null ? null : found.number();
    }

    /** The grade so far. */
    @Nullable ObjectNode evaluation() {
        return evaluation;
    }

    /** What the agent told of the run beside its answer; null: nothing. */
    @Nullable ObjectNode metadata() {
        return agent == null || agent.extra().isEmpty() ? null : agent.extra();
    }

    Verdict run() throws InterruptedException {
        try {
            return heeded(actor());
        } catch (InterruptedException e) {
            if (attempt.cause() == StopCause.TIMED_OUT && attempt.stoppedIn() != Phase.AGENT_LOOP) {
                closeToOthers();
            }
            throw e;
        } catch (NoModelAnswerException e) {
            return Verdict.unanswered(e); // it has recorded it
        } catch (Exception e) {
            if (attempt.cause() != null) {
                throw new InterruptedException();
            }
            var failure = end.loss(e).orElseGet(() -> Failures.of(attempt.timings().phase(), e));
            recordError(failure);
            return heeded(Verdict.failed(agent, failure));
        } finally {
            attempt.over();
            attempt.closeSandbox(); // not before it was asked why it is lost
            enter(Phase.CLEANUP);
        }
    }

    /** Where a sandbox has failed one run, it may be that it fails all: a full disk, a port that is taken. */
    private Verdict heeded(Verdict verdict) {
        var failure = verdict.failure();
        if (failure != null && SANDBOXES_OWN.contains(failure.kind())) {
            closeToOthers();
        }
        return verdict;
    }

    private void closeToOthers() {
        var sandbox = attempt.sandbox();
        if (sandbox != null) {
            sandbox.closeToOthers();
        }
    }

    private Verdict actor() throws Exception {
        var lease = attempt.lease();
        var verifier = lease.verifier();
        var harness = harnesses.of(lease.agent().path("type").asString(""));
        var found = environments.resolve(lease.team(), lease.environment(), lease.version());
        version = found;
        try (var client = launch(found, lease.runtimeConfig(), company(lease));
                var leaving = leaving(client)) {
            var apart = verifier != null && !sharesSandbox(lease, verifier);
            Refusals.check(harness, apart, attempt.sandbox(), client.hello().bindings());
            onRunning.run();
            var models = sandboxes.inference(attempt.sandbox());
            var inside = harness.worksInside() ? ModelInside.of(client, models, lease.runKey(), headers(lease)) : null;
            var started = tasks.start(client, lease.task(), lease.args(), true);
            enter(Phase.AGENT_LOOP);
            var ending = driveWatched(harness, client, started, inside);
            agent = ending;
            enter(Phase.GRADING);
            var verdict = grade(client, ending, verifier != null);
            if (verifier == null) {
                enter(Phase.ACTOR_CLEANUP);
                return verdict;
            }
            var actorFrame = evaluation == null ? Json.object() : evaluation;
            evaluation = null;
            if (!apart) {
                return verify(client, verifier, ending, actorFrame);
            }
            enter(Phase.ACTOR_CLEANUP);
            return verifyApart(lease, verifier, hangUp(client), ending, actorFrame);
        }
    }

    /** In a sandbox of its own, which sees what the actor's session left. The actor's own sandbox is gone by now. */
    private Verdict verifyApart(
            Lease lease, JsonNode verifier, @Nullable SessionFiles files, AgentEnding ending, ObjectNode actorFrame) throws Exception {
        try (var verifying = launchVerifier(lease, verifier, files)) {
            return verify(verifying, verifier, ending, actorFrame);
        }
    }

    /** The files take room on the disk: not for longer than until they are handed over. */
    private ControlClient launchVerifier(Lease lease, JsonNode verifier, @Nullable SessionFiles files) throws Exception {
        try (files) {
            enter(Phase.PROVISIONING_VERIFIER);
            var other = environments.resolve(lease.team(), verifier.path("env").asString(""), lease.verifierVersion());
            verifierVersion = other;
            onVerifier.run();
            var verifying = launch(other, verifier.get("runtime_config"), null);
            if (files == null) {
                return verifying;
            }
            try {
                attempt.restore(verifying.hello().sessionId(), files);
                return verifying;
            } catch (SandboxException | RuntimeException e) {
                verifying.close();
                throw e;
            }
        }
    }

    /** The same environment's verifier runs beside the actor, whose sandbox has all that there is to see, unless it says itself how it is run. */
    static boolean sharesSandbox(Lease lease, JsonNode verifier) {
        return !verifier.hasNonNull("runtime_config")
                && EnvironmentName.of(verifier.path("env").asString("")).equals(EnvironmentName.of(lease.environment()));
    }

    /**
     * Whoever breaks every sandbox that it is in must not break the others' each time, nor they fail with it: the last attempts are alone.
     * Then it shows whose failure it is.
     */
    private static Sandboxes.@Nullable Company company(Lease lease) {
        return lease.attempt() > MOST_IN_COMPANY ? null : new Sandboxes.Company(lease.team(), lease.job());
    }

    /** A task that was begun and not graded would stay for the others in its sandbox to find. */
    private AutoCloseable leaving(ControlClient client) {
        var sandbox = attempt.sandbox();
        return sandbox == null || !sandbox.isShared() ? () -> {} : () -> {
            if (!client.cancel()) {
                sandbox.closeToOthers(); // the task may still go on in there
            }
        };
    }

    private ControlClient launch(EnvironmentVersion of, @Nullable JsonNode runtimeConfig, Sandboxes.@Nullable Company company) throws Exception {
        var lease = attempt.lease();
        var label = new SandboxLabel(lease.run().toString(), lease.attempt());
        var startup = sandboxes.startupTimeout(of, runtimeConfig);
        // it is kept to by whoever drives the run; this is for when nobody does
        var longest = Duration.ofMillis(lease.runTimeoutMillis()).plus(startup).plusMinutes(2);
        var sandbox = sandboxes.launch(of, runtimeConfig, label, company, longest, lease.runKey(), credentials);
        attempt.launched(sandbox);
        if (attempt.timings().phase() == Phase.PROVISIONING) {
            enter(Phase.STARTING_TASK);
        }
        var client = ControlClient.connect(sandbox.address(), startup);
        attempt.connected(client);
        return client;
    }

    /** Returns the files of the actor's session, if there are any. */
    private @Nullable SessionFiles hangUp(ControlClient client) throws SandboxException {
        attempt.disconnected();
        client.close();
        return attempt.closeSandbox(client.hello().sessionId());
    }

    /** Only what is asked from here on is the agent's: an environment may ask a model itself while its task starts. */
    private AgentEnding driveWatched(Harness harness, ControlClient client, ObjectNode started, @Nullable InsideModel inside)
            throws ControlLostException, NoModelAnswerException, InterruptedException {
        try (var answers = sandboxes.answersTo(attempt.lease().runKey())) {
            return drive(harness, client, started, inside == null ? null : inside.seenBy(answers::answered));
        }
    }

    /**
     * @throws ControlLostException if the environment went away meanwhile: there is nobody left to grade
     * @throws NoModelAnswerException if the agent failed before a model had answered: there is nothing to grade
     */
    private AgentEnding drive(Harness harness, ControlClient client, ObjectNode started, @Nullable InsideModel inside)
            throws ControlLostException, NoModelAnswerException, InterruptedException {
        var lease = attempt.lease();
        var model = new ModelEndpoint(inferenceUrl, lease.runKey(), headers(lease));
        var heard = new AtomicBoolean();
        StepRecorder steps = (step, from, to) -> {
            if (step instanceof AgentStep turn && turn.error() == null) {
                heard.set(true);
            }
            timeline.record(step, from, to);
        };
        try (var files = tracking(client)) {
            var run = new AgentRun(
                    lease.run().hex(), lease.parent() == null ? null : lease.parent().hex(), lease.agent().path("config"),
                    PromptTurn.of(started.get("prompt")), client.hello().bindings(), capability -> client.openTunnel(capability.name()),
                    model, steps, inside, started);
            return AgentEnding.of(client.during(() -> Interruptible.call(() -> harness.run(run), null, PATIENCE)));
        } catch (ControlLostException | NoModelAnswerException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            if (attempt.cause() != null) {
                throw new InterruptedException();
            }
            if (!heard.get() && !(e instanceof AgentFailedException)) {
                recordError(Failures.of(Phase.AGENT_LOOP, e));
                throw NoModelAnswerException.notAsked(Failures.text(e), e);
            }
            return AgentEnding.raised(e);
        }
    }

    /** A workspace's tracker is one for all that are in its sandbox: nobody could say whose change it tells. */
    private AutoCloseable tracking(ControlClient client) {
        var sandbox = attempt.sandbox();
        return sandbox != null && sandbox.isShared()
                ? () -> {}
                : FileTracking.start(client, attempt.lease().run().hex(), timeline::add, clock);
    }

    /** What tells of which run a model call is, and in which other one that was begun. */
    private static Map<String, String> headers(Lease lease) {
        var parent = lease.parent();
        return parent == null
                ? Map.of("Trace-Id", lease.run().hex())
                : Map.of("Trace-Id", lease.run().hex(), "X-HUD-Parent-Trace-Id", parent.hex());
    }

    private Verdict grade(ControlClient client, AgentEnding ending, boolean verified) throws IOException, InterruptedException {
        if (ending.raised() && verified) {
            recordError(ending.failure());
        }
        Verdict verdict;
        try {
            var grade = tasks.evaluate(client, attempt.lease().task(), ending.content());
            // a verifier is shown all of it, the record is without what graders noted for themselves
            evaluation = verified ? grade.frame() : grade.evaluation();
            verdict = Verdict.graded(ending, evaluation);
        } catch (IOException e) {
            if (attempt.cause() != null) {
                throw new InterruptedException();
            }
            if (end.loss(e).isPresent()) {
                throw e;
            }
            var detail = Failures.text(e) + end.lastWords(e);
            recordError(Failures.ofGrading(detail));
            if (verified) {
                evaluation = Verdict.failedFrame(ending, detail);
            }
            verdict = Verdict.gradingFailed(ending, detail);
        }
        if (ending.raised() && !verified) {
            recordError(ending.failure());
        }
        return verdict;
    }

    private Verdict verify(ControlClient client, JsonNode verifier, AgentEnding ending, ObjectNode actorFrame) throws IOException {
        enter(Phase.VERIFYING);
        var task = verifier.path("id").asString("");
        tasks.start(client, task, verifier.has("args") ? verifier.get("args") : Json.object(), false);
        evaluation = tasks.evaluate(client, task, actorFrame).evaluation();
        enter(Phase.CLEANUP);
        return Verdict.graded(ending, evaluation);
    }

    private void recordError(@Nullable Failure failure) {
        if (failure != null) {
            timeline.record(new SystemStep(failure.detail()), null, clock.instant());
        }
    }

    private void enter(Phase phase) {
        attempt.timings().enter(phase);
    }
}
