// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.outbox;

import dev.assay.kit.deadletter.Resend;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a service leaves the facts that it tells others. A fact is a row in the same transaction as the change that it tells of; the
 * {@link OutboxRelay} carries it to Kafka at least once and, by key, in order; an older fact may come a second time after a newer one, so
 * facts say which holds. The service's own Flyway scripts make the table:
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
        // Postgres text cannot hold U+0000, JSON can spell it out: the writer escapes it
        insert(topic, key, json.writeValueAsString(event));
    }

    /** Who sends the dead letters of a topic's facts again: they go to the end of the outbox. */
    public Resend resend(String topic) {
        return Resend.of(OutboxRelay.queue(topic), letter -> insert(topic, letter.key(), letter.text()));
    }

    private void insert(String topic, String key, String payload) {
        jdbc.sql("insert into outbox (topic, key, payload) values (:topic, :key, :payload)")
                .param("topic", topic)
                .param("key", key)
                .param("payload", payload)
                .update();
    }
}
