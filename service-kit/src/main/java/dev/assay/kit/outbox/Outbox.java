// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.outbox;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a service leaves the facts that it tells others. A fact is a row in the same transaction as the change that it tells of; the
 * {@link OutboxRelay} carries it to Kafka at least once and in order. The service's own Flyway scripts make the table:
 * {@code create table outbox (id bigint generated always as identity primary key, topic text not null, key text not null, payload text not null)}.
 */
public class Outbox {

    private final JdbcClient jdbc;
    private final JsonMapper json;

    Outbox(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * Must be called inside the transaction that makes the fact true.
     *
     * @param key records with the same key stay in order
     * @param event a record of {@code dev.assay.contracts.event}
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void publish(String topic, String key, Record event) {
        jdbc.sql("insert into outbox (topic, key, payload) values (:topic, :key, :payload)")
                .param("topic", topic)
                .param("key", key)
                // Postgres text cannot hold U+0000, JSON can spell it out: the writer escapes it
                .param("payload", json.writeValueAsString(event))
                .update();
    }
}
