// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import dev.assay.sdk.graders.GradeFrame;
import dev.assay.sdk.protocol.ServedTask;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** A template at work on a thread of its own; the control channel's calls only wait for what it says. */
final class RunningTask<A, T> implements ServedTask {

    private static final Logger log = LoggerFactory.getLogger(RunningTask.class);
    /** The control channel waits for this while its client waits two seconds for a cancel. */
    private static final Duration PATIENCE = Duration.ofMillis(1500);

    private final DeclaredTemplate<A, T> template;
    private final A args;
    private final Agent<T> agent;
    private final Environment.Hook atStart;
    private final Runnable atEnd;
    private final CompletableFuture<ObjectNode> grade = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread;

    RunningTask(DeclaredTemplate<A, T> template, A args, String session, Environment.Hook atStart, Runnable atEnd) {
        this.template = template;
        this.args = args;
        this.agent = new Agent<>(session);
        this.atStart = atStart;
        this.atEnd = atEnd;
        this.thread = Thread.ofVirtual().name("template-" + template.id()).unstarted(this::run);
    }

    @Override
    public ObjectNode start() throws Exception {
        thread.start();
        return await(agent.prompt());
    }

    @Override
    public ObjectNode grade(ObjectNode payload) throws Exception {
        agent.answer(Answer.of(payload, template.returns()));
        return await(grade);
    }

    /** Ends the template where it stands and waits for its cleaning up, then tells the environment. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        thread.interrupt();
        try {
            if (thread.getState() != Thread.State.NEW && !thread.join(PATIENCE)) {
                log.warn("template '{}' goes on although it was interrupted; it is left to itself", template.id());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        atEnd.run();
    }

    private void run() {
        try {
            atStart.run();
            var evaluation = template.body().run(args, agent);
            grade.complete(GradeFrame.of(template.id(), evaluation));
            agent.prompt().completeExceptionally(new IllegalStateException("task '" + template.id() + "' ended without asking anything"));
        } catch (Throwable failed) {
            agent.prompt().completeExceptionally(failed);
            grade.completeExceptionally(failed);
        }
    }

    private <V> V await(CompletableFuture<V> what) throws Exception {
        try {
            return what.get();
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case Exception reason -> throw reason;
                case Error reason -> throw reason;
                case null, default -> throw failed;
            }
        } catch (InterruptedException cancelled) {
            close();
            throw cancelled;
        }
    }
}
