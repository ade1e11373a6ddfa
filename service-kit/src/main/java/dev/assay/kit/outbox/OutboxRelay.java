// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.outbox;

import dev.assay.kit.deadletter.DeadLetters;
import dev.assay.kit.kafka.Outage;
import dev.assay.kit.outbox.OutboxTurn.Row;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Carries outbox rows to Kafka, oldest first, one replica at a time, so that what is told of one thing arrives in order. While the broker is
 * away everything waits; a row that no broker will take becomes a dead letter, and what is behind it moves on. No transaction is open
 * while the broker is waited for.
 */
class OutboxRelay implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);
    private static final int BATCH_ROWS = 500;
    private static final long BATCH_BYTES = 8_000_000;
    /**
     * What comes meanwhile leaves together: each batch costs the broker, and whoever hears it, more than each of its rows. Where so many have
     * come in one pause as {@link #MANY} says, more are coming, and it is longer.
     */
    private static final long PAUSE_MILLIS = 50;

    private static final int MANY = 5;
    private static final long LONGER_PAUSE_MILLIS = 200;

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final OutboxTurn.Sessions sessions;
    private final Supplier<Producer<String, String>> producers;
    private final DeadLetters letters;
    private final Duration patience;
    private volatile boolean running;
    private volatile Thread thread = Thread.currentThread();

    /** @param patience how long the broker may take for a batch before another replica gets the turn, for it may be this one's network */
    OutboxRelay(OutboxTurn.Sessions sessions, Supplier<Producer<String, String>> producers, DeadLetters letters, Duration patience) {
        this.sessions = sessions;
        this.producers = producers;
        this.letters = letters;
        this.patience = patience;
    }

    /** The name that dead letters of this topic's rows have for their queue. */
    static String queue(String topic) {
        return "outbox " + topic;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofVirtual().name("outbox-relay").start(this::relay);
    }

    @Override
    public void stop() {
        running = false;
        try {
            if (!thread.join(Duration.ofSeconds(2))) {
                thread.interrupt();
                thread.join(Duration.ofSeconds(2));
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void relay() {
        var pause = SHORTEST_PAUSE;
        while (running) {
            try (var turn = OutboxTurn.take(sessions)) {
                var producer = producers.get();
                try {
                    while (running) {
                        var sent = send(turn, producer);
                        if (sent > 0) {
                            pause = SHORTEST_PAUSE;
                        }
                        if (sent < BATCH_ROWS) {
                            Thread.sleep(sent < MANY ? PAUSE_MILLIS : LONGER_PAUSE_MILLIS);
                        }
                    }
                } finally {
                    // What it still holds is dropped, for its row is there: nothing of ours may leave any more once another replica's turn begins.
                    producer.close(Duration.ZERO);
                }
            } catch (InterruptedException | InterruptException e) {
                return;
            } catch (SQLException | RuntimeException e) {
                if (!running) {
                    return;
                }
                if (pause.equals(SHORTEST_PAUSE)) {
                    log.warn("The outbox waits: {}", e.toString());
                }
                if (!sleep(pause)) {
                    return;
                }
                pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
            }
        }
    }

    private static boolean sleep(Duration pause) {
        try {
            Thread.sleep(pause);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private record Sent(Row row, Future<?> done) {}

    /** Sends a batch and removes what the broker has taken, or never will. */
    private int send(OutboxTurn turn, Producer<String, String> producer) throws InterruptedException {
        var sent = new ArrayList<Sent>();
        for (var row : turn.oldest(BATCH_ROWS, BATCH_BYTES)) {
            var one = new Sent(row, send(row, producer));
            sent.add(one);
            if (outage(one) != null) {
                break; // what is behind it must not overtake it
            }
        }
        var deadline = System.nanoTime() + patience.toNanos();
        var settled = new ArrayList<Row>();
        @Nullable Throwable away = null;
        for (var one : sent) {
            var failure = failure(one, deadline);
            if (failure == null) {
                settled.add(one.row());
            } else if (Outage.is(failure) || !one.done().isDone()) {
                away = failure;
            } else {
                letters.put(queue(one.row().topic()), one.row().key(), null, one.row().payload(), failure.toString());
                settled.add(one.row());
            }
        }
        turn.remove(settled);
        if (away != null) {
            throw new IllegalStateException("the broker did not take " + (sent.size() - settled.size()) + " facts: " + away, away);
        }
        return settled.size();
    }

    private static Future<?> send(Row row, Producer<String, String> producer) {
        try {
            return producer.send(new ProducerRecord<>(row.topic(), row.key(), row.payload()));
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static @Nullable Throwable outage(Sent sent) throws InterruptedException {
        var failure = sent.done().isDone() ? failure(sent, System.nanoTime()) : null;
        return failure != null && Outage.is(failure) ? failure : null;
    }

    private static @Nullable Throwable failure(Sent sent, long deadline) throws InterruptedException {
        try {
            sent.done().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause() == null ? e : e.getCause();
        } catch (TimeoutException e) {
            return e;
        }
    }
}
