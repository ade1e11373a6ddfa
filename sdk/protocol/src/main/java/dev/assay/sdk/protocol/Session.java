// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One control connection and the session it speaks for.
 *
 * <p>Everything is answered in order but {@code tasks.start} and {@code tasks.grade}, which run beside: while one does, a cancel or a
 * goodbye reaches it and all else is refused. When the peer hangs up, a start goes on and its task is parked; a grade is stopped,
 * since nobody is left to hear of it.
 */
final class Session {

    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final ServedEnvironment environment;
    private final Sessions sessions;
    private final ReplyWriter writer;
    private String id;
    private @Nullable TaskCall call;

    Session(ServedEnvironment environment, Sessions sessions, ReplyWriter writer) {
        this.environment = environment;
        this.sessions = sessions;
        this.writer = writer;
        this.id = sessions.open();
    }

    /** Serves the connection until its end; a frame that cannot be read ends it with an exception. */
    void run(ObjectNode first, FrameReader frames) throws IOException, InterruptedException {
        try {
            for (var frame = first; frame != null; frame = next(frames)) {
                if (!receive(frame)) {
                    return;
                }
            }
            if (call != null && call.isStart()) {
                call.awaitEnd();
            }
        } finally {
            if (call != null && call.stop()) {
                end(sessions.release(id));
            }
            sessions.leave(id);
        }
    }

    /** The next request; null when the peer has no more. */
    static @Nullable ObjectNode next(FrameReader frames) throws IOException {
        byte[] line = frames.next();
        if (line == null) {
            return null;
        }
        return switch (Frames.decode(line)) {
            case ObjectNode request -> request;
            case JsonNode value when value.isNull() -> null;
            case JsonNode _ -> throw new IOException("malformed frame: not an object");
        };
    }

    /** False once the peer has said goodbye. */
    private boolean receive(ObjectNode request) {
        var method = request.path("method").asString("");
        var requestId = request.path("id");
        if (method.equals("tasks.cancel") || method.equals("bye")) {
            if (call != null && call.stop()) {
                writer.error(call.id(), RpcException.FAILED, method + " interrupted the task");
            }
            end(sessions.release(id));
            answer(requestId, () -> Json.object().put(method.equals("bye") ? "goodbye" : "cancelled", true));
            return !method.equals("bye");
        }
        if (call != null && call.isRunning()) {
            writer.error(requestId, RpcException.INVALID_REQUEST, method + ": a task call is still running");
            return true;
        }
        switch (method) {
            case "hello" -> answer(requestId, () -> hello(params(request)));
            case "tasks.list" -> answer(requestId, () -> Json.object().set("tasks", Json.tree(environment.tasks())));
            case "tasks.start" -> call = TaskCall.begin(method, requestId, writer, new Start(request));
            case "tasks.grade" -> call = TaskCall.begin(method, requestId, writer, own -> grade(own, params(request)));
            default -> writer.error(requestId, RpcException.METHOD_NOT_FOUND, "method not found: " + method);
        }
        return true;
    }

    private void answer(JsonNode requestId, Callable<ObjectNode> work) {
        try {
            writer.reply(requestId, work.call());
        } catch (RpcException refused) {
            writer.error(requestId, refused.code(), refused.text());
        } catch (Exception failed) {
            writer.error(requestId, RpcException.FAILED, text(failed));
        }
    }

    /** Whatever is empty counts as no parameters. */
    private static ObjectNode params(ObjectNode request) throws RpcException {
        var params = request.path("params");
        if (params instanceof ObjectNode object) {
            return object;
        }
        if (Json.isTrue(params)) {
            throw new RpcException(RpcException.FAILED, "params must be an object");
        }
        return Json.object();
    }

    private ObjectNode hello(ObjectNode params) throws RpcException {
        var requested = params.path("session_id");
        if (!requested.isNull() && !requested.isMissingNode()) {
            if (!requested.isString()) {
                throw new RpcException(RpcException.INVALID_PARAMS, "hello: 'session_id' must be a string");
            }
            if (!requested.stringValue().equals(id)) {
                sessions.resume(id, requested.stringValue());
                id = requested.stringValue();
            }
        }
        var offered = environment.capabilities();
        Routes.refuse(params, offered);
        var identity = new Manifest.Identity(environment.name(), environment.version());
        return (ObjectNode) Json.tree(new Manifest(id, identity, offered));
    }

    /** One start, and the task that it made: only that one is its to take back. */
    private final class Start implements TaskCall.Work {

        private final ObjectNode request;
        private final String session = id;
        private @Nullable ServedTask task;

        Start(ObjectNode request) {
            this.request = request;
        }

        @Override
        public ObjectNode run(TaskCall call) throws Exception {
            var params = params(request);
            if (!params.path("id").isString()) {
                throw new RpcException(RpcException.INVALID_PARAMS, "tasks.start: 'id' must be a string");
            }
            var template = params.path("id").stringValue();
            var given = params.path("args");
            if (!given.isObject() && !given.isNull() && !given.isMissingNode()) {
                throw new RpcException(RpcException.INVALID_PARAMS, "tasks.start: 'args' must be an object");
            }
            if (environment.tasks().stream().noneMatch(known -> known.id().equals(template))) {
                throw new RpcException(RpcException.INVALID_PARAMS, "unknown task: " + PythonText.repr(template));
            }
            end(call.whileRunning(() -> sessions.release(session)));
            var opened = environment.open(session, template, given instanceof ObjectNode args ? args : Json.object());
            task = opened;
            try {
                call.whileRunning(() -> {
                    sessions.hold(session, opened);
                    return opened;
                });
                return opened.start();
            } catch (Throwable failed) {
                undo();
                throw failed;
            }
        }

        @Override
        public void undo() {
            if (task != null) {
                sessions.release(session, task);
                end(task);
            }
        }
    }

    private ObjectNode grade(TaskCall own, ObjectNode payload) throws Exception {
        var task = own.whileRunning(() -> sessions.releaseForGrade(id));
        try {
            return task.grade(payload);
        } finally {
            end(task);
        }
    }

    /** A task that fails while it ends has ended all the same. */
    static void end(@Nullable ServedTask task) {
        try {
            if (task != null) {
                task.close();
            }
        } catch (RuntimeException failed) {
            log.warn("a task's end failed", failed);
        }
    }

    /** What a client is told of an exception. */
    static String text(Throwable failed) {
        return failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
    }
}
