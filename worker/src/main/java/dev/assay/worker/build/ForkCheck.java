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
     * @param reason why each run loads it afresh; empty if it is forked
     * @param lasting whether that is so wherever and whenever it runs; else nobody knows yet
     */
    record Verdict(boolean forked, String reason, boolean lasting) {

        static final Verdict SAME = new Verdict(true, "", true);

        static Verdict afresh(String reason) {
            return new Verdict(false, reason, true);
        }

        static Verdict untried(String reason) {
            return new Verdict(false, reason, false);
        }
    }

    /**
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
            return other.isPresent() ? other.get() : compare(tasks, fresh, sandbox);
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

    private Verdict compare(JsonNode tasks, ControlClient fresh, Sandbox sandbox) throws InterruptedException {
        try (var forked = ControlClient.connect(sandbox.address(), sandboxes.startupTimeout())) {
            if (!tasks.equals(Json.finite(forked.rawTasks()))) {
                return Verdict.afresh("a fork of it serves other tasks");
            }
            var task = withoutArguments(tasks);
            return task.isEmpty()
                    ? Verdict.SAME
                    : difference(task.get(), outcome(fresh, task.get()), outcome(forked, task.get()))
                            .map(Verdict::afresh)
                            .orElse(Verdict.SAME);
        } catch (IOException e) {
            return Verdict.afresh("a fork of it does not answer: " + e.getMessage());
        } catch (TimeoutException e) {
            return Verdict.untried("its first task took more than " + PATIENCE.toSeconds() + " s, so that it could not be tried as a fork");
        }
    }

    static Optional<String> difference(String task, String fresh, String forked) {
        return fresh.equals(forked)
                ? Optional.empty()
                : Optional.of("task '" + task + "', with the same answer, came to something else as a fork: " + shortened(forked)
                        + " and not " + shortened(fresh));
    }

    private static String shortened(String outcome) {
        return outcome.length() > 200 ? outcome.substring(0, 200) + "…" : outcome;
    }

    /** The first task that can be started as it is. */
    static Optional<String> withoutArguments(JsonNode tasks) {
        return tasks.valueStream()
                .filter(task -> task.at("/args/required").isEmpty())
                .map(task -> task.path("id").asString(""))
                .filter(id -> !id.isEmpty())
                .findFirst();
    }

    /** Its prompt and what an empty answer is worth; what goes wrong is an outcome, too. */
    private static String outcome(ControlClient client, String task) throws TimeoutException, InterruptedException {
        var outcome = new CompletableFuture<String>();
        Thread.startVirtualThread(() -> {
            try {
                var prompt = client.start(task, null);
                outcome.complete(prompt + " " + client.grade(Json.object().put("answer", "")));
            } catch (IOException | RuntimeException e) {
                outcome.complete(String.valueOf(e.getMessage()));
            }
        });
        try {
            return outcome.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // it only ever completes
        }
    }
}
