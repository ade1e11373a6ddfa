// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.event.Topics;
import dev.assay.kit.deadletter.DeadLetter;
import dev.assay.kit.deadletter.DeadLetters;
import dev.assay.kit.deadletter.Resend;
import dev.assay.kit.kafka.OwnTopics;
import dev.assay.testsupport.StoppableBroker;
import dev.assay.testsupport.TestPlatform;
import dev.assay.testsupport.WholeTopic;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The relay on a real database and a real broker, with the faults that it is made for. */
class OutboxRelayTests {

    private static final int KEYS = 7;
    private static final Duration LONG = Duration.ofMinutes(1);

    private static StoppableBroker broker;

    private final String schema = "outbox_" + UUID.randomUUID().toString().replace('-', '_');
    private final JdbcClient jdbc = JdbcClient.create(
            new DriverManagerDataSource(TestPlatform.databaseUrl() + "?currentSchema=" + schema, "postgres", "postgres"));
    private final List<ConfigurableApplicationContext> replicas = new ArrayList<>();
    private final String about = UUID.randomUUID().toString();

    @BeforeAll
    static void startBroker() {
        broker = StoppableBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void makeTables() {
        jdbc.sql("create schema " + schema).update();
        jdbc.sql("""
                create table outbox (
                    id bigint generated always as identity primary key, topic text not null, key text not null, payload text not null)""")
                .update();
        jdbc.sql("""
                create table dead_letter (
                    id uuid primary key, seq bigint generated always as identity unique, queue text not null, key text not null, team uuid,
                    reason text not null, payload bytea not null, times int not null default 1, at timestamptz not null)""")
                .update();
    }

    @AfterEach
    void stopReplicas() {
        replicas.forEach(ConfigurableApplicationContext::close);
        jdbc.sql("drop schema " + schema + " cascade").update();
    }

    @Test
    void whatNoBrokerEverTakesIsSetAsideAndWhatIsBehindItMovesOn() {
        tell(Topics.RUN_FINISHED, "x".repeat(2_000_000));
        tell(Topics.RUN_FINISHED, "1");
        tell(Topics.RUN_FINISHED, "y".repeat(1_100_000));
        tell(Topics.RUN_FINISHED, "2");

        var replica = patientReplica();

        awaitEmptyOutbox();
        assertThat(arrived()).containsExactly("1", "2");
        assertThat(letters()).containsExactly("outbox " + Topics.RUN_FINISHED, "outbox " + Topics.RUN_FINISHED);
        var counter = replica.getBean(MeterRegistry.class).counter(DeadLetters.COUNTER, "queue", "outbox " + Topics.RUN_FINISHED);
        assertThat(counter.count()).isEqualTo(2);

        // sent again as it is it would only come back
        var tooLarge = jdbc.sql("select payload from dead_letter order by seq desc limit 1").query(byte[].class).single();
        var again = replica.getBean(Resend.class);
        assertThatThrownBy(() -> again.send(letter(tooLarge))).hasMessageContaining("a record at most");
        again.send(letter("z".repeat(1_048_000).getBytes(StandardCharsets.UTF_8)));
        awaitEmptyOutbox();
        assertThat(arrived()).last().asString().startsWith("zzz");
    }

    private DeadLetter letter(byte[] payload) {
        return new DeadLetter(UUID.randomUUID(), OutboxRelay.queue(Topics.RUN_FINISHED), about, null, "", payload, 1, Instant.EPOCH);
    }

    @Test
    void aBatchIsBoundInBytesAsWellAsInRows() throws Exception {
        for (var fact = 0; fact < 12; fact++) {
            tell(Topics.RUN_FINISHED, "x".repeat(900_000));
        }
        try (var turn = turn()) {
            assertThat(turn.oldest(500, 8_000_000)).hasSize(8);
            assertThat(turn.oldest(5, 8_000_000)).hasSize(5);
            // a single one that is larger still gets its turn
            assertThat(turn.oldest(500, 1000)).hasSize(1);
        }
    }

    @Test
    void aBrokerThatIsAwayUnderLoadLosesAndReordersNothing() throws Exception {
        replica();
        var facts = new Facts();
        facts.tell(300);
        broker.goAway();
        try {
            // long enough for the relay to lose its patience, and its turn, more than once
            for (var round = 0; round < 2; round++) {
                facts.tell(400);
                awaitAnotherSession();
            }
        } finally {
            broker.comeBack();
        }
        facts.tell(300);

        awaitEmptyOutbox();
        facts.haveArrivedInOrder();
    }

    @Test
    void aBrokerThatTakesLongForTheHeadIsNoticedAndLosesAndReordersNothing() throws Exception {
        var facts = new Facts();
        facts.tell(20);
        replica();
        awaitEmptyOutbox();
        broker.takesItsTimeFor("job-service");
        try {
            // what is sent after it waits much longer than the relay does
            tell(Topics.RUN_FINISHED, "x".repeat(900_000));
            for (var round = 0; round < 2; round++) {
                facts.tell(400);
                awaitAnotherSession();
            }
            assertThat(jdbc.sql("select count(*) from outbox").query(Integer.class).single()).isPositive();
        } finally {
            broker.takesItsTimeNoMore("job-service");
        }
        facts.tell(20);

        awaitEmptyOutbox();
        facts.haveArrivedInOrder();
        assertThat(letters()).isEmpty();
    }

    @Test
    void twoReplicasKeepTheOrderOfEveryKeyAlsoWhenTheRelayingOneStops() {
        var first = patientReplica();
        patientReplica();
        var facts = new Facts();
        for (var round = 0; round < 10; round++) {
            facts.tell(500);
        }
        awaitEmptyOutbox();
        // as long as nothing goes wrong nobody sends what another one sends, too
        assertThat(arrived()).hasSize(5000);
        facts.tell(500);
        first.close();
        facts.tell(500);
        replica();
        facts.tell(500);

        awaitEmptyOutbox();
        facts.haveArrivedInOrder();
        assertThat(letters()).isEmpty();
    }

    @Test
    void aRelayThatIsKilledGivesItsTurnToAnotherReplica() throws Exception {
        var facts = new Facts();
        var process = replicaProcess();
        try {
            facts.tell(200);
            awaitEmptyOutbox();
            replica();
            facts.tell(5000);
            process.destroyForcibly().waitFor();
            facts.tell(200);

            awaitEmptyOutbox();
            facts.haveArrivedInOrder();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void whoLosesItsSessionLosesItsTurnAndTheFactsGoOn() {
        replica();
        var facts = new Facts();
        facts.tell(200);
        awaitEmptyOutbox();
        jdbc.sql("""
                select pg_terminate_backend(pid) from pg_locks
                where locktype = 'advisory' and objid = hashtext(:schema)::oid::bigint & 4294967295""")
                .param("schema", schema)
                .query()
                .listOfRows();
        facts.tell(200);

        awaitEmptyOutbox();
        facts.haveArrivedInOrder();
    }

    @Test
    void aServiceThatIsThereBeforeItsBrokerMakesItsTopicsLater() throws Exception {
        broker.goAway();
        try {
            replica();
        } finally {
            broker.comeBack();
        }
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.RUN_FINISHED);
        try (var admin = Admin.create(broker.asOperator())) {
            await().atMost(LONG).untilAsserted(() -> {
                var settings = admin.describeConfigs(List.of(topic)).values().get(topic).get();
                assertThat(settings.get("retention.ms").value()).isEqualTo(String.valueOf(Duration.ofDays(3).toMillis()));
                assertThat(settings.get("max.message.bytes").value()).isEqualTo("1048588");
                assertThat(settings.get("min.insync.replicas").value()).isEqualTo("1");
                assertThat(settings.get("flush.messages").value()).isEqualTo("1");
                assertThat(admin.describeTopics(List.of(topic.name())).topicNameValues().get(topic.name()).get().partitions()).hasSize(3);
            });
        }
    }

    @Test
    void recordsOnAClusterAreAcknowledgedByAllBrokersButOne() {
        var topic = new OwnTopics.Keeping(3, Duration.ofDays(7)).topic("t", 4);
        assertThat(topic.replicationFactor()).isEqualTo((short) 3);
        assertThat(topic.configs()).containsEntry("min.insync.replicas", "2").containsEntry("flush.messages", String.valueOf(Long.MAX_VALUE));
    }

    /** Numbered facts about a few things, as a transaction tells them. */
    private final class Facts {

        private int told;

        void tell(int howMany) {
            jdbc.sql("""
                    insert into outbox (topic, key, payload)
                    select :topic, :about || '-' || fact % :keys, fact from generate_series(:from, :to) as fact order by fact""")
                    .param("topic", Topics.RUN_FINISHED)
                    .param("about", about)
                    .param("keys", KEYS)
                    .param("from", told)
                    .param("to", told + howMany - 1)
                    .update();
            told += howMany;
        }

        /** All of them, and by key in the order in which they were told; what came again does not count. */
        void haveArrivedInOrder() {
            var byKey = new HashMap<Integer, List<Integer>>();
            arrived().stream().filter(fact -> !fact.startsWith("x")).map(Integer::valueOf).distinct().forEach(fact ->
                    byKey.computeIfAbsent(fact % KEYS, key -> new ArrayList<>()).add(fact));
            for (var key = 0; key < KEYS; key++) {
                var first = key;
                assertThat(byKey.get(key))
                        .containsExactlyElementsOf(IntStream.range(0, told).filter(fact -> fact % KEYS == first).boxed().toList());
            }
        }
    }

    private void tell(String topic, String payload) {
        jdbc.sql("insert into outbox (topic, key, payload) values (:topic, :key, :payload)")
                .param("topic", topic)
                .param("key", about)
                .param("payload", payload)
                .update();
    }

    /** What has come of this test, in the order of arrival. */
    private List<String> arrived() {
        return WholeTopic.read(broker.asOperator(), Topics.RUN_FINISHED).stream()
                .filter(record -> record.key().startsWith(about))
                .map(ConsumerRecord::value)
                .toList();
    }

    private List<String> letters() {
        return jdbc.sql("select queue from dead_letter order by seq").query(String.class).list();
    }

    private void awaitEmptyOutbox() {
        await().atMost(LONG).until(() -> jdbc.sql("select count(*) from outbox").query(Integer.class).single() == 0);
    }

    /** Until the relay has given up and come again. */
    private void awaitAnotherSession() {
        var now = relaying();
        await().atMost(LONG).until(() -> !relaying().equals(now));
    }

    private List<Integer> relaying() {
        return jdbc.sql("select pid from pg_locks where locktype = 'advisory'").query(Integer.class).list();
    }

    private OutboxTurn turn() throws Exception {
        return OutboxTurn.take(() -> DriverManager.getConnection(
                TestPlatform.databaseUrl() + "?currentSchema=" + schema, "postgres", "postgres"));
    }

    private ConfigurableApplicationContext replica() {
        return replica(settings());
    }

    /** One that sends nothing again because the broker was slow. */
    private ConfigurableApplicationContext patientReplica() {
        return replica(settings().stream().map(setting -> setting.replace("assay.outbox-patience=1s", "assay.outbox-patience=1m")).toList());
    }

    private ConfigurableApplicationContext replica(List<String> settings) {
        var replica = Replica.start(settings);
        replicas.add(replica);
        return replica;
    }

    private Process replicaProcess() throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Replica.class.getName()));
        command.addAll(settings());
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    private List<String> settings() {
        return Replica.settings(TestPlatform.databaseUrl(), schema, Map.copyOf(broker.as("job-service")));
    }
}
