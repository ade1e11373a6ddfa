// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import dev.assay.contracts.event.Topics;
import dev.assay.kit.identity.MakeKeys;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Signatures;
import dev.assay.kit.kafka.KafkaLogin;
import dev.assay.kit.kafka.KafkaRights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** One real Postgres and one real Kafka for all tests of a JVM, started when first asked for and ended with it. */
public final class TestPlatform {

    private TestPlatform() {}

    private static final class PostgresHolder {
        static final String URL = Containers.available() ? Containers.postgres() : EmbeddedDatabase.start();
    }

    private static final class KafkaHolder {
        static final String SERVERS = start();

        private static String start() {
            var servers = Containers.available() ? Containers.kafka(brokerProperties()) : embedded();
            setUp(servers);
            return servers;
        }

        private static String embedded() {
            var broker = new EmbeddedBroker(brokerProperties());
            broker.start();
            return broker.address();
        }
    }

    /** Gives the services their rights, and makes the topics: the services that make them are not there when another one is tested alone. */
    static void setUp(String servers) {
        try (var broker = Admin.create(KafkaLogin.client(servers, KafkaLogin.OPERATOR, passwordOf(KafkaLogin.OPERATOR)))) {
            KafkaRights.establish(broker);
            broker.createTopics(List.of(topic(Topics.RUN_FINISHED), topic(Topics.SPANS))).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker could not be set up", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, Optional.of(1), Optional.empty());
    }

    /** As brokers are set up elsewhere; small and quick is all that is different. */
    static Map<String, Object> brokerProperties() {
        var passwords = new HashMap<String, String>();
        Stream.concat(Stream.of(KafkaLogin.OPERATOR), KafkaRights.SERVICES.stream()).forEach(user -> passwords.put(user, passwordOf(user)));
        var properties = new HashMap<>(KafkaLogin.broker(passwords));
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("log.cleaner.dedupe.buffer.size", "16777216");
        properties.put("broker.session.timeout.ms", "2000");
        properties.put("broker.heartbeat.interval.ms", "500");
        return properties;
    }

    /** JDBC address of the shared database; every service makes its own schema in it. */
    public static String databaseUrl() {
        return PostgresHolder.URL;
    }

    /** Bootstrap servers of the shared broker. It asks who comes, and has the rules of a real one. */
    public static String kafka() {
        return KafkaHolder.SERVERS;
    }

    /** Properties of a client of the broker that is this service there. */
    public static Map<String, Object> kafkaAs(String service) {
        return KafkaLogin.client(kafka(), service, passwordOf(service));
    }

    /** Properties of a client of the broker that may do anything. */
    public static Map<String, Object> kafkaAsOperator() {
        return kafkaAs(KafkaLogin.OPERATOR);
    }

    static String passwordOf(String user) {
        return "password-of-" + user;
    }

    private static final class KeysHolder {
        static final Path FOLDER = folder();

        private static Path folder() {
            try {
                return Files.createTempDirectory("assay-test-keys-");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static volatile String serviceUnderTest = "";
    private static volatile Clock clock = Clock.systemUTC();

    /** The folder of a party's private keys, which are made when it is first asked for. */
    public static synchronized Path keysOf(String issuer) {
        try {
            return new MakeKeys(KeysHolder.FOLDER, Clock.systemUTC()).makeSure(issuer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder of everybody's public keys. */
    public static Path publicKeys() {
        return KeysHolder.FOLDER.resolve(MakeKeys.PUBLIC);
    }

    /** What a party signs. */
    public static Signatures signatures(Party party) {
        return new Signatures(party, keysOf(party.issuer()), publicKeys(), clock);
    }

    /** Makes {@link Tokens} at that time. */
    static void tellTimeBy(Clock ofService) {
        clock = ofService;
    }

    /** Whom {@link Tokens} are made out to: the service that was last started. */
    public static String serviceUnderTest() {
        return serviceUnderTest;
    }

    /** What a service must be told to find its keys. */
    public static List<String> keySettings(String service) {
        serviceUnderTest = service;
        return List.of(
                "assay.keys.own=" + keysOf(service), "assay.keys.public=" + publicKeys(), "assay.keys.sealing=" + keysOf(MakeKeys.SEALING));
    }
}
