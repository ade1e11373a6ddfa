// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.outbox;

import dev.assay.kit.deadletter.Resend;
import dev.assay.kit.text.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.UnaryOperator;
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

    /** The mebibyte that producers and topics take, without what is put around a record. */
    private static final int LARGEST = (1 << 20) - 100;

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
        publish(topic, Map.of(key, event));
    }

    /** Several facts, in that order, by their keys. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void publish(String topic, Map<String, ? extends Record> events) {
        // Postgres text cannot hold U+0000, JSON can spell it out: the writer escapes it
        insert(
                topic,
                events.keySet().toArray(String[]::new),
                events.values().stream().map(event -> JsonText.of(json, event)).toArray(String[]::new));
    }

    /**
     * Who sends the dead letters of a topic's facts again: they go to the end of the outbox, unless they are too large for a record still.
     *
     * @param lighter makes what an earlier release told in full, and no broker takes, into what is told today
     */
    public Resend resend(String topic, UnaryOperator<String> lighter) {
        return Resend.of(OutboxRelay.queue(topic), letter -> {
            var payload = lighter.apply(letter.text());
            var size = payload.getBytes(StandardCharsets.UTF_8).length + letter.key().getBytes(StandardCharsets.UTF_8).length;
            if (size > LARGEST) {
                throw new IllegalStateException("no broker takes it: it has " + size + " bytes, and a record at most " + LARGEST);
            }
            insert(topic, new String[] {letter.key()}, new String[] {payload});
        });
    }

    private void insert(String topic, String[] keys, String[] payloads) {
        jdbc.sql("""
                insert into outbox (topic, key, payload)
                select :topic, key, payload from unnest(:keys::text[], :payloads::text[]) with ordinality as fact (key, payload, number)
                order by number""")
                .param("topic", topic)
                .param("keys", keys)
                .param("payloads", payloads)
                .update();
    }
}
