// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.runtimes.account.ProviderException;
import dev.assay.sdk.runtimes.account.ServedProcess;
import dev.assay.sdk.runtimes.account.ServedProcess.End;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/** The environment inside a sandbox: heard from when it was started until it has ended, also across connections that break off. */
final class E2bProcess {

    private static final int TRIES = 15;
    private static final long AGAIN_MILLIS = 1000;

    private final Envd envd;
    private final ServedProcess told = new ServedProcess();
    private volatile Envd.Events events;
    private volatile long pid;

    private E2bProcess(Envd envd, Envd.Events events) {
        this.envd = envd;
        this.events = events;
    }

    static ServedProcess start(Envd envd, List<String> command, Map<String, String> variables) throws IOException, InterruptedException {
        var process = new E2bProcess(envd, envd.start(command, variables, false));
        process.told.ended().thenRun(() -> process.events.close()); // nobody wants to know any more
        Thread.ofVirtual().name("e2b-environment").start(process::hear);
        return process.told;
    }

    private void hear() {
        int failures = 0;
        while (!told.ended().isDone()) {
            try (var heard = events) {
                for (var event = heard.next(); event.isPresent() && !told.ended().isDone(); event = heard.next()) {
                    take(event.get());
                    failures = 0;
                }
                throw new IOException("its output ended before it did");
            } catch (ProviderException e) {
                end(e);
            } catch (IOException e) {
                failures = hearAgain(failures, e);
            }
        }
    }

    /** What does not begin is wrong itself, unless the daemon is; what had begun and is not found has ended. */
    private void end(ProviderException e) {
        boolean ended = e.isNotFound() && pid != 0;
        told.end(!e.isNotFound() && !(e.isBadRequest() && pid == 0), ended ? "it ended while nobody heard it" : String.valueOf(e.getMessage()));
    }

    private void take(JsonNode event) throws IOException {
        if (event.has("start")) {
            pid = event.path("start").path("pid").asLong(0);
        } else if (event.has("data")) {
            told.said(Envd.said(event, "stdout"), Envd.said(event, "stderr"));
        } else if (event.has("end")) {
            var end = event.path("end");
            boolean exited = end.path("exited").asBoolean(false);
            int code = end.path("exitCode").asInt(0);
            told.end(exited ? End.exited(code) : new End(OptionalInt.empty(), false, "it ended: " + end.path("status").asString("")));
        }
    }

    /** @return how often that has failed now, one after the other */
    private int hearAgain(int before, IOException failure) {
        var last = failure;
        for (int failures = before; !told.ended().isDone(); failures++) {
            if (failures >= TRIES || pid == 0) {
                told.end(true, "the connection to its sandbox broke off: " + last.getMessage());
                return failures;
            }
            try {
                Thread.sleep(AGAIN_MILLIS);
                events = envd.connect(pid);
                if (told.ended().isDone()) {
                    events.close(); // who ended it may have closed the one before
                }
                return failures + 1;
            } catch (ProviderException e) {
                if (!e.isPassing()) {
                    end(e);
                }
                last = e;
            } catch (IOException e) {
                last = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                told.end(true, "interrupted");
            }
        }
        return before;
    }
}
