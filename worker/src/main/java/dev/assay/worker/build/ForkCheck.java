// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import dev.assay.contracts.internal.BuildLease;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.worker.sandbox.NotRunnableException;
import dev.assay.worker.sandbox.ReadyVersion;
import dev.assay.worker.sandbox.Sandboxes;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Whether a version may be loaded once for many runs: one and the same task must come to the same when it is, and when it is not. */
@Component
class ForkCheck {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Sandboxes sandboxes;

    ForkCheck(Sandboxes sandboxes) {
        this.sandboxes = sandboxes;
    }

    /**
     * What came of it.
     *
     * @param forked whether a fork was seen to come to the same
     * @param reason why each run loads it afresh; if it is forked, what was not tried, or empty
     * @param lasting whether that is so wherever and whenever it runs; else nobody knows yet
     */
    record Verdict(boolean forked, String reason, boolean lasting) {

        static final Verdict SAME = same("");

        static Verdict same(String butFor) {
            return new Verdict(true, butFor, true);
        }

        static Verdict afresh(String reason) {
            return new Verdict(false, reason, true);
        }

        static Verdict untried(String reason) {
            return new Verdict(false, reason, false);
        }
    }

    /**
     * Which of the two it is.
     *
     * @param tasks the version's, as it lists them
     * @param fresh a client of one that was loaded for itself, which has started no task
     */
    Verdict compare(BuildLease lease, ReadyVersion version, JsonNode tasks, ControlClient fresh)
            throws NotRunnableException, InterruptedException {
        Sandboxes.Tried tried;
        try {
            tried = sandboxes.tryOutForked(version, lease.declaredName(), lease.environmentVariables(), lease.build().toString());
        } catch (SandboxException e) {
            return doesNotStart(e);
        }
        try (var sandbox = tried.sandbox()) {
            var other = unlessFork(tried);
            return other.isPresent() ? other.get() : compare(tasks, TrialTask.of(tasks, lease.example()), fresh, sandbox);
        }
    }

    static Verdict doesNotStart(SandboxException failure) {
        var reason = "a fork of it does not start: " + failure.getMessage();
        return failure.isHosts() ? Verdict.untried(reason) : Verdict.afresh(reason);
    }

    /** Two that were both loaded afresh come to the same, and that says nothing. */
    static Optional<Verdict> unlessFork(Sandboxes.Tried tried) {
        if (tried.sandbox().isFork()) {
            return Optional.empty();
        }
        return Optional.of(tried.afreshBecause().map(Verdict::afresh).orElseGet(() -> Verdict.untried("this worker could not fork it now")));
    }

    private Verdict compare(JsonNode tasks, Optional<TrialTask> trial, ControlClient fresh, Sandbox sandbox) throws InterruptedException {
        try (var forked = ControlClient.connect(sandbox.address(), sandboxes.startupTimeout())) {
            if (!tasks.equals(Json.finite(forked.rawTasks()))) {
                return Verdict.afresh("a fork of it serves other tasks");
            }
            return trial.isEmpty() ? Verdict.SAME : verdict(trial.get(), outcome(fresh, trial.get()), outcome(forked, trial.get()));
        } catch (IOException e) {
            return Verdict.afresh("a fork of it does not answer: " + e.getMessage());
        } catch (TimeoutException e) {
            return Verdict.untried("the task that it is tried with took more than " + PATIENCE.toSeconds() + " s, so that it could not be tried as a fork");
        }
    }

    /**
     * What a task came to.
     *
     * @param text its prompt and its grade, or what went wrong
     */
    record Tried(String text, boolean failed) {}

    static Verdict verdict(TrialTask task, Tried fresh, Tried forked) {
        if (!fresh.equals(forked)) {
            return Verdict.afresh("task '" + task.id() + "', with the same answer, came to something else as a fork: " + shortened(forked.text())
                    + " and not " + shortened(fresh.text()));
        }
        return fresh.failed() && task.madeUp()
                ? Verdict.same("no task was tried, since all need arguments, and made-up ones do not do for '" + task.id() + "' ("
                        + shortened(fresh.text()) + "): once a taskset has one, the next build tries that")
                : Verdict.SAME;
    }

    private static String shortened(String outcome) {
        return outcome.length() > 200 ? outcome.substring(0, 200) + "…" : outcome;
    }

    /** Its prompt and what an empty answer is worth; what goes wrong is an outcome, too. */
    private static Tried outcome(ControlClient client, TrialTask task) throws TimeoutException, InterruptedException {
        var outcome = new CompletableFuture<Tried>();
        Thread.startVirtualThread(() -> {
            try {
                var prompt = client.start(task.id(), task.args());
                outcome.complete(new Tried(prompt + " " + client.grade(Json.object().put("answer", "")), false));
            } catch (IOException | RuntimeException e) {
                outcome.complete(new Tried(String.valueOf(e.getMessage()), true));
            }
        });
        try {
            return outcome.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // it only ever completes
        }
    }
}
