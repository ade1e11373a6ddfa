// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Makes a service's topics, and brings those that are there into line. A service may start before its broker is up or knows its rights:
 * the topics are made as soon as that is so.
 */
public final class OwnTopics implements SmartLifecycle {

    /** The most that a record may have: what is larger goes by reference. Kafka's own bound for the batch that holds it. */
    private static final int LARGEST_BATCH = 1_048_588;

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final KafkaAdmin admin;
    private final ObjectProvider<NewTopic> topics;
    private volatile boolean running;
    private volatile Thread thread = Thread.currentThread();

    OwnTopics(KafkaAdmin admin, ObjectProvider<NewTopic> topics) {
        this.admin = admin;
        this.topics = topics;
    }

    /**
     * How topics are kept.
     *
     * @param replicas on how many brokers each record lies; all but one of them must have it before it is acknowledged
     * @param retention how long a reader may be away and still find everything
     */
    public record Keeping(int replicas, Duration retention) {

        /** A topic to be declared as a bean by the service that writes it. */
        public NewTopic topic(String name, int partitions) {
            return TopicBuilder.name(name)
                    .partitions(partitions)
                    .replicas(replicas)
                    .configs(Map.of(
                            TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(LARGEST_BATCH),
                            TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, String.valueOf(Math.max(1, replicas - 1)),
                            TopicConfig.RETENTION_MS_CONFIG, String.valueOf(retention.toMillis()),
                            // A single broker has nobody else who holds a copy: what it acknowledges is on its disk.
                            TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG, String.valueOf(replicas == 1 ? 1 : Long.MAX_VALUE)))
                    .build();
        }
    }

    @Override
    public void start() {
        running = true;
        if (topics.stream().findAny().isPresent()) {
            thread = Thread.ofVirtual().name("topics").start(this::make);
        }
    }

    private void make() {
        try {
            for (var pause = SHORTEST_PAUSE; running && !admin.initialize(); pause = longer(pause)) {
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            // the service ends
        }
    }

    private static Duration longer(Duration pause) {
        var longer = pause.multipliedBy(2);
        return longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }

    @Override
    public void stop() {
        running = false;
        if (thread != Thread.currentThread()) {
            thread.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
