// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.kafka;

import dev.assay.kit.deadletter.DeadLetterConfiguration;
import dev.assay.kit.deadletter.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.transaction.TransactionException;
import org.springframework.util.backoff.ExponentialBackOff;

/** How the services that speak with the broker make their topics and read those of others. */
@AutoConfiguration(after = {KafkaAutoConfiguration.class, DeadLetterConfiguration.class})
public class KafkaConfiguration {

    private static final long SHORTEST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    @Bean
    OwnTopics.Keeping topicKeeping(
            @Value("${assay.topics.replicas}") int replicas, @Value("${assay.topics.retention}") Duration retention) {
        return new OwnTopics.Keeping(replicas, retention);
    }

    @Bean
    @ConditionalOnBean(KafkaAdmin.class)
    OwnTopics ownTopics(KafkaAdmin admin, ObjectProvider<NewTopic> topics) {
        return new OwnTopics(admin, topics);
    }

    /**
     * What listeners throw. Trouble with the database passes, and is waited for with growing pauses: nothing may be lost before it does.
     * Whatever else went wrong with a record goes wrong again: it becomes a dead letter of the queue that is named like its topic, and what
     * is behind it moves on.
     */
    @Bean
    @ConditionalOnProperty("assay.dead-letters")
    DefaultErrorHandler listenerErrors(DeadLetters letters) {
        var growing = new ExponentialBackOff(SHORTEST_PAUSE_MILLIS, 2);
        growing.setMaxInterval(LONGEST_PAUSE_MILLIS);
        var errors = new DefaultErrorHandler((received, failure) -> setAside(letters, received, failure), growing);
        errors.defaultFalse();
        errors.addRetryableExceptions(
                TransientDataAccessException.class,
                RecoverableDataAccessException.class,
                NonTransientDataAccessResourceException.class,
                TransactionException.class);
        return errors;
    }

    /** If this fails too, the record comes again. */
    private static void setAside(DeadLetters letters, ConsumerRecord<?, ?> received, Exception failure) {
        var reason = "partition %d, offset %d: %s".formatted(received.partition(), received.offset(), rootOf(failure));
        letters.put(received.topic(), Objects.toString(received.key(), ""), null, bytes(received.value()), reason);
    }

    private static Throwable rootOf(Throwable failure) {
        return failure.getCause() == null ? failure : rootOf(failure.getCause());
    }

    private static byte[] bytes(@Nullable Object value) {
        return value instanceof byte[] bytes ? bytes : Objects.toString(value, "").getBytes(StandardCharsets.UTF_8);
    }
}
