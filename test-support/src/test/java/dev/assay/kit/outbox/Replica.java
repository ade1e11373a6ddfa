// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.outbox;

import dev.assay.contracts.event.Topics;
import dev.assay.kit.deadletter.DeadLetterConfiguration;
import dev.assay.kit.deadletter.Resend;
import dev.assay.kit.kafka.KafkaConfiguration;
import dev.assay.kit.kafka.OwnTopics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** A replica of a service that has nothing but an outbox; the main class lets one be a process of its own. */
@ImportAutoConfiguration({
    DataSourceAutoConfiguration.class, JdbcTemplateAutoConfiguration.class, JdbcClientAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class, JacksonAutoConfiguration.class,
    KafkaAutoConfiguration.class, DeadLetterConfiguration.class, KafkaConfiguration.class, OutboxConfiguration.class
})
class Replica {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    MeterRegistry meters() {
        return new SimpleMeterRegistry();
    }

    @Bean
    NewTopic runFinished(OwnTopics.Keeping keeping) {
        return keeping.topic(Topics.RUN_FINISHED, 3);
    }

    @Bean
    Resend again(Outbox outbox) {
        return outbox.resend(Topics.RUN_FINISHED, UnaryOperator.identity());
    }

    static ConfigurableApplicationContext start(List<String> settings) {
        return new SpringApplicationBuilder(Replica.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.config.name=replica", "spring.application.name=job-service", "spring.main.keep-alive=true", "spring.main.banner-mode=off")
                .run(settings.stream().map(setting -> "--" + setting).toArray(String[]::new));
    }

    static List<String> settings(String database, String schema, Map<String, Object> kafka) {
        var settings = new ArrayList<>(List.of(
                "assay.outbox=true",
                "assay.dead-letters=true",
                "assay.outbox-patience=1s",
                "assay.topics.replicas=1",
                "assay.topics.retention=3d",
                "spring.kafka.admin.auto-create=false",
                "spring.kafka.admin.modify-topic-configs=true",
                "spring.kafka.admin.operation-timeout=5s",
                "spring.datasource.url=" + database + "?currentSchema=" + schema,
                "spring.datasource.username=postgres",
                "spring.datasource.password=postgres"));
        kafka.forEach((key, value) -> settings.add(
                key.equals("bootstrap.servers") ? "spring.kafka.bootstrap-servers=" + value : "spring.kafka.properties." + key + "=" + value));
        return settings;
    }

    public static void main(String[] settings) {
        start(List.of(settings));
    }
}
