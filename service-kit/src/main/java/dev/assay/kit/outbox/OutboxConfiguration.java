// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.outbox;

import dev.assay.kit.deadletter.DeadLetterConfiguration;
import dev.assay.kit.deadletter.DeadLetters;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** An outbox for the services that ask for one with {@code assay.outbox=true}; they have dead letters, too. */
@AutoConfiguration(after = {JdbcClientAutoConfiguration.class, KafkaAutoConfiguration.class, DeadLetterConfiguration.class})
@ConditionalOnProperty("assay.outbox")
public class OutboxConfiguration {

    @Bean
    Outbox outbox(JdbcClient jdbc, JsonMapper json) {
        return new Outbox(jdbc, json);
    }

    @Bean
    OutboxRelay outboxRelay(
            JdbcConnectionDetails database,
            KafkaProperties kafka,
            DeadLetters letters,
            @Value("${assay.outbox-patience:30s}") Duration patience) {
        var properties = kafka.buildProducerProperties();
        properties.putAll(Map.of(
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.LINGER_MS_CONFIG, 0,
                ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000,
                // What waits for the broker keeps its place. A record given up on, with the next one taken, would be out of order.
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE));
        return new OutboxRelay(
                () -> DriverManager.getConnection(database.getJdbcUrl(), session(database)),
                () -> new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer()),
                letters,
                patience);
    }

    /** The relay waits for answers without a limit of its own: one that will never come, from a machine that is gone, ends here. */
    private static Properties session(JdbcConnectionDetails database) {
        var session = new Properties();
        session.setProperty("user", Objects.requireNonNullElse(database.getUsername(), ""));
        session.setProperty("password", Objects.requireNonNullElse(database.getPassword(), ""));
        session.setProperty("connectTimeout", "10");
        session.setProperty("socketTimeout", "30");
        session.setProperty("tcpKeepAlive", "true");
        return session;
    }
}
