// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.runtimes.OutputTail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/** The environment inside a sandbox: heard from when it was started until it has ended, also across connections that break off. */
final class E2bProcess {

    /**
     * How it ended.
     *
     * @param code what it exited with; empty: nobody knows, or it ended otherwise
     * @param lost whether it did not end by itself, as far as is known
     */
    record End(OptionalInt code, boolean lost, String because) {}

    private static final String ANNOUNCEMENT = "HUD_SERVE_PORT=";
    private static final int LONGEST_LINE = 16 * 1024;
    private static final int TRIES = 15;
    private static final long AGAIN_MILLIS = 1000;

    private final Envd envd;
    private final OutputTail tail = new OutputTail();
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder err = new StringBuilder();
    private final CompletableFuture<Void> serving = new CompletableFuture<>();
    private final CompletableFuture<End> ended = new CompletableFuture<>();
    private volatile Envd.Events events;
    private volatile long pid;

    private E2bProcess(Envd envd, Envd.Events events) {
        this.envd = envd;
        this.events = events;
    }

    static E2bProcess start(Envd envd, List<String> command, Map<String, String> variables) throws IOException, InterruptedException {
        var process = new E2bProcess(envd, envd.start(command, variables, false));
        Thread.ofVirtual().name("e2b-environment").start(process::hear);
        return process;
    }

    /** Completed when it says that it serves. */
    CompletableFuture<Void> serving() {
        return serving;
    }

    CompletableFuture<End> ended() {
        return ended;
    }

    OutputTail tail() {
        return tail;
    }

    /** Nobody wants to know any more. */
    void end(boolean lost, String because) {
        ended.complete(new End(OptionalInt.empty(), lost, because));
        events.close();
    }

    private void hear() {
        int failures = 0;
        while (!ended.isDone()) {
            try (var heard = events) {
                for (var event = heard.next(); event.isPresent() && !ended.isDone(); event = heard.next()) {
                    take(event.get());
                    failures = 0;
                }
                throw new IOException("its output ended before it did");
            } catch (E2bException e) {
                end(e);
            } catch (IOException e) {
                failures = hearAgain(failures, e);
            }
        }
    }

    /** What does not begin is wrong itself, unless the daemon is; what had begun and is not found has ended. */
    private void end(E2bException e) {
        boolean ended = e.isNotFound() && pid != 0;
        end(!e.isNotFound() && !(e.isBadRequest() && pid == 0), ended ? "it ended while nobody heard it" : String.valueOf(e.getMessage()));
    }

    private void take(JsonNode event) throws IOException {
        if (event.has("start")) {
            pid = event.path("start").path("pid").asLong(0);
        } else if (event.has("data")) {
            lines(Envd.said(event, "stdout"), out);
            lines(Envd.said(event, "stderr"), err);
        } else if (event.has("end")) {
            say(out);
            say(err);
            var end = event.path("end");
            boolean exited = end.path("exited").asBoolean(false);
            int code = end.path("exitCode").asInt(0);
            var because = exited ? "it ended with code " + code : "it ended: " + end.path("status").asString("");
            ended.complete(new End(exited ? OptionalInt.of(code) : OptionalInt.empty(), false, because));
        }
    }

    /** @return how often that has failed now, one after the other */
    private int hearAgain(int before, IOException failure) {
        var last = failure;
        for (int failures = before; !ended.isDone(); failures++) {
            if (failures >= TRIES || pid == 0) {
                end(true, "the connection to its sandbox broke off: " + last.getMessage());
                return failures;
            }
            try {
                Thread.sleep(AGAIN_MILLIS);
                events = envd.connect(pid);
                if (ended.isDone()) {
                    events.close(); // who ended it may have closed the one before
                }
                return failures + 1;
            } catch (E2bException e) {
                if (!e.isPassing()) {
                    end(e);
                }
                last = e;
            } catch (IOException e) {
                last = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                end(true, "interrupted");
            }
        }
        return before;
    }

    /** One byte of what is not ASCII may come in two pieces: what cannot be read then is replaced, in an output that is for people only. */
    private void lines(byte[] bytes, StringBuilder line) {
        for (char c : new String(bytes, StandardCharsets.UTF_8).toCharArray()) {
            if (c == '\n' || line.length() >= LONGEST_LINE) {
                say(line);
            }
            if (c != '\n' && c != '\r') {
                line.append(c);
            }
        }
    }

    private void say(StringBuilder line) {
        if (line.isEmpty()) {
            return;
        }
        var said = line.toString();
        line.setLength(0);
        tail.add(said);
        if (said.startsWith(ANNOUNCEMENT)) {
            serving.complete(null);
        }
    }
}
