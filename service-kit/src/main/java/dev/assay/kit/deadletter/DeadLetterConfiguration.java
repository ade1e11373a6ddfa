// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.deadletter;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Dead letters for the services that ask for them with {@code assay.dead-letters=true}. Their own Flyway scripts make the table:
 * {@code create table dead_letter (id uuid primary key, seq bigint generated always as identity unique, queue text not null,
 * key text not null, team uuid, reason text not null, payload bytea not null, times int not null default 1, at timestamptz not null)}
 * and {@code create index dead_letter_by_queue on dead_letter (queue, seq)}.
 */
@AutoConfiguration(after = {JdbcClientAutoConfiguration.class, TransactionAutoConfiguration.class})
@ConditionalOnProperty("assay.dead-letters")
public class DeadLetterConfiguration {

    @Bean
    DeadLetters deadLetters(
            JdbcClient jdbc, TransactionTemplate transactions, Clock clock, MeterRegistry meters, ObjectProvider<Resend> resends) {
        return new DeadLetters(jdbc, transactions, clock, meters, resends);
    }

    @Bean
    DeadLetterController deadLetterController(DeadLetters letters) {
        return new DeadLetterController(letters);
    }
}
