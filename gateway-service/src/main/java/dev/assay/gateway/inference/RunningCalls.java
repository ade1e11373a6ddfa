// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.identity.RunLife;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;

/**
 * Model calls that are under way with the keys of runs. One look at all of them, every second, ends those whose attempt has ended. While
 * nobody can say whether it has, a call goes on.
 */
@Component
class RunningCalls {

    private static final Logger log = LoggerFactory.getLogger(RunningCalls.class);

    private final RunLife runs;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private final Set<Caller> asked = ConcurrentHashMap.newKeySet();

    RunningCalls(RunLife runs) {
        this.runs = runs;
    }

    /** This thread answers a call from now on, until what is returned is closed. */
    Call begin(Caller caller) {
        var call = new Call(caller, Thread.currentThread());
        if (caller.role() == Role.RUN) {
            calls.add(call);
        }
        return call;
    }

    @Scheduled(fixedDelay = 1000)
    void endThoseOfTheDead() {
        calls.stream().map(call -> call.caller).distinct().filter(asked::add).forEach(holder ->
                Thread.ofVirtual().name("life of a run").start(() -> endIfDead(holder)));
    }

    /** On a thread of its own, so that no run waits until it is known whether another one lives; asked about once at a time. */
    private void endIfDead(Caller holder) {
        try {
            if (!runs.lives(holder)) {
                calls.stream().filter(call -> call.caller.equals(holder)).forEach(Call::cut);
            }
        } catch (RestClientException e) {
            log.debug("cannot ask whether run {} lives: {}", holder.run(), e.toString());
        } finally {
            asked.remove(holder);
        }
    }

    /** One call while it is answered. */
    final class Call implements AutoCloseable {

        private final Caller caller;
        private final Thread thread;
        private boolean cut;
        private boolean closed;

        private Call(Caller caller, Thread thread) {
            this.caller = caller;
            this.thread = thread;
        }

        /** Whether it was ended because its attempt has. */
        synchronized boolean isCut() {
            return cut;
        }

        private synchronized void cut() {
            if (!closed && !cut) {
                cut = true;
                thread.interrupt();
            }
        }

        @Override
        public void close() {
            calls.remove(this);
            synchronized (this) {
                closed = true;
                if (cut) {
                    Thread.interrupted(); // the interrupt was for the call, not for what the thread does next
                }
            }
        }
    }
}
