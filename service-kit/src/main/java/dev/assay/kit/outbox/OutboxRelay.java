// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.outbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Carries outbox rows to Kafka, oldest first. Rows are locked while they travel, so that any number of replicas may run it. */
class OutboxRelay implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);
    private static final int BATCH = 500;
    private static final long IDLE_MILLIS = 50;
    private static final long TROUBLE_MILLIS = 1000;

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Supplier<Producer<String, String>> producers;
    private volatile @Nullable Producer<String, String> producer;
    private volatile boolean running;
    private volatile Thread thread = Thread.currentThread();

    OutboxRelay(JdbcClient jdbc, TransactionTemplate transactions, Supplier<Producer<String, String>> producers) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.producers = producers;
    }

    private record Row(long id, String topic, String key, String payload) {}

    @Override
    public void start() {
        running = true;
        // whoever stops it may start it again, and a closed producer stays closed
        var fresh = producers.get();
        producer = fresh;
        thread = Thread.ofVirtual().name("outbox-relay").start(() -> relay(fresh));
    }

    @Override
    public void stop() {
        running = false;
        thread.interrupt();
        try {
            thread.join(2000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (producer != null) {
            producer.close(Duration.ofSeconds(2));
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void relay(Producer<String, String> producer) {
        var inTrouble = false;
        while (running) {
            try {
                var sent = transactions.execute(status -> sendBatch(producer));
                inTrouble = false;
                if (sent == null || sent < BATCH) {
                    Thread.sleep(IDLE_MILLIS);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (running && !inTrouble) {
                    log.warn("outbox waits: {}", e.toString());
                }
                inTrouble = true;
                try {
                    Thread.sleep(TROUBLE_MILLIS);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }

    private int sendBatch(Producer<String, String> producer) {
        var rows = jdbc.sql("select id, topic, key, payload from outbox order by id limit :batch for update skip locked")
                .param("batch", BATCH)
                .query(Row.class)
                .list();
        if (rows.isEmpty()) {
            return 0;
        }
        var sends = new ArrayList<CompletableFuture<Void>>();
        for (var row : rows) {
            sends.add(send(row, producer));
        }
        try {
            CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (Exception e) {
            throw new IllegalStateException("the broker did not take " + rows.size() + " facts", e);
        }
        List<Long> ids = rows.stream().map(Row::id).toList();
        jdbc.sql("delete from outbox where id in (:ids)").param("ids", ids).update();
        return rows.size();
    }

    private CompletableFuture<Void> send(Row row, Producer<String, String> producer) {
        var done = new CompletableFuture<Void>();
        producer.send(new ProducerRecord<>(row.topic(), row.key(), row.payload()), (metadata, failure) -> {
            if (failure == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(failure);
            }
        });
        return done;
    }
}
