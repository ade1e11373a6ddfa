// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.call.Ending;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.identity.ModelClients.ModelClient;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Looks after all calls that are under way, a few times a second, on one thread: a call's own thread blocks in what it waits for, and is
 * woken by having that closed. It ends calls whose client has left, attempts and calls that take too long, and calls with a key that opens
 * nothing any more; and it gives clients signs of life. It never waits for anybody.
 */
@Component
final class Watch implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(Watch.class);
    private static final Duration LOOK = Duration.ofMillis(100);
    /** Whether keys are still good is asked once in so many looks. */
    private static final int KEYS = 10;

    private record Watched(Exchange call, CoyoteAnswer client, ModelClient who) {}

    private final InferenceSettings settings;
    private final Map<Exchange, Watched> calls = new ConcurrentHashMap<>();
    /** The credentials that are being asked about. */
    private final Set<Object> asked = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean stopped;

    Watch(InferenceSettings settings) {
        this.settings = settings;
        this.thread = Thread.ofPlatform().daemon().name("watch of model calls").start(this::look);
    }

    /** From now on, until what is returned is closed. The request has to be read to its end. */
    Open over(Exchange call, CoyoteAnswer client, ModelClient who, boolean streamed) {
        var watched = new Watched(call, client, who);
        client.watched(streamed);
        calls.put(call, watched);
        return () -> {
            calls.remove(call);
            client.close();
        };
    }

    /** A call that is under way. */
    interface Open extends AutoCloseable {
        @Override
        void close();
    }

    /** How many calls are under way. */
    int open() {
        return calls.size();
    }

    /** Ends all calls. */
    void endAll(Ending why) {
        calls.keySet().forEach(call -> call.end(why));
    }

    @Override
    public void destroy() {
        stopped = true;
        thread.interrupt();
    }

    private void look() {
        for (var looks = 0L; !stopped; looks++) {
            try {
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            } catch (InterruptedException e) {
                continue;
            }
            for (var watched : calls.values()) {
                try {
                    look(watched, System.nanoTime());
                } catch (RuntimeException e) {
                    log.error("cannot look after call {}", watched.call().id(), e);
                }
            }
            if (looks % KEYS == 0) {
                askWhoStands();
            }
        }
    }

    private void look(Watched watched, long now) {
        var call = watched.call();
        var client = watched.client();
        if (client.clientGone()) {
            call.end(Ending.GONE);
            return;
        }
        if (now - call.tally().beganNanos() > call.deadlineNanos()) {
            call.end(Ending.DEADLINE);
            return;
        }
        if (now - call.tally().beganNanos() > settings.longest().toNanos()) {
            call.end(Ending.LATE_WHOLE);
            return;
        }
        if (!client.answered() && now - call.runningSince() > call.firstNanos()) {
            call.late(late(call, client.streams()
                    ? "did not begin to answer within " + Duration.ofNanos(call.firstNanos())
                    : "did not answer within " + Duration.ofNanos(call.firstNanos())));
        } else if (call.heardNanos() != call.runningSince() && now - call.heardNanos() > call.nextNanos()) {
            call.late(late(call, "said nothing for " + Duration.ofNanos(call.nextNanos()) + " in the middle of its answer"));
        }
        if (now - call.runningSince() > call.totalNanos()) {
            call.late(late(call, "did not end its answer within " + Duration.ofNanos(call.totalNanos())));
        }
        var quiet = client.begun() ? settings.keepAlive() : settings.early();
        if (client.streams() && now - client.wroteNanos() > quiet.toNanos()) {
            Thread.ofVirtual().name("sign of life").start(() -> signOfLife(watched, quiet)); // may wait for a client that reads slowly
        }
    }

    private static ModelError late(Exchange call, String how) {
        return ModelError.of(504, "The provider '" + call.tally().upstream + "' " + how + ".");
    }

    private static void signOfLife(Watched watched, Duration quiet) {
        try {
            watched.client().signOfLife(quiet.toNanos());
        } catch (IOException e) {
            watched.call().end(Ending.GONE);
        }
    }

    /**
     * Each key, and each browser, on a thread of its own, so that none waits until it is known whether another is good; asked about once at
     * a time. Two browsers that one key signed in do not end together.
     */
    private void askWhoStands() {
        var clients = new HashMap<Object, ModelClient>();
        calls.values().forEach(watched -> clients.putIfAbsent(watched.who().credential(), watched.who()));
        clients.forEach((credential, who) -> {
            if (asked.add(credential)) {
                Thread.ofVirtual().name("standing of a key").start(() -> {
                    endIfOver(who);
                    asked.remove(credential);
                });
            }
        });
    }

    /** While nobody can say whether a key is good, its calls go on. */
    private void endIfOver(ModelClient who) {
        try {
            if (!who.standing().getAsBoolean()) {
                calls.values().stream()
                        .filter(watched -> watched.who().credential().equals(who.credential()))
                        .forEach(watched -> watched.call().end(Ending.CUT));
            }
        } catch (RuntimeException e) {
            log.debug("cannot ask whether a key of team {} is still good: {}", who.caller().team(), e.toString());
        }
    }
}
