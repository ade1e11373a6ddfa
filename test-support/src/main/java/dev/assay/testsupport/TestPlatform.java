// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import dev.assay.kit.identity.MakeKeys;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Signatures;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** One real Postgres and one real Kafka for all tests of a JVM, started when first asked for and ended with it. */
public final class TestPlatform {

    private TestPlatform() {}

    private static final class PostgresHolder {
        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                var postgres = EmbeddedPostgres.builder().start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    try {
                        postgres.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
                return postgres;
            } catch (IOException e) {
                throw new UncheckedIOException("no Postgres could be started", e);
            }
        }
    }

    private static final class KafkaHolder {
        static final EmbeddedKafkaKraftBroker KAFKA = start();

        private static EmbeddedKafkaKraftBroker start() {
            var kafka = new EmbeddedKafkaKraftBroker(1, 1);
            kafka.brokerProperty("message.max.bytes", "160000000");
            kafka.brokerProperty("auto.create.topics.enable", "true");
            kafka.afterPropertiesSet();
            return kafka;
        }
    }

    /** JDBC address of the shared database; every service makes its own schema in it. */
    public static String databaseUrl() {
        return "jdbc:postgresql://localhost:" + PostgresHolder.POSTGRES.getPort() + "/postgres";
    }

    /** Bootstrap servers of the shared broker. */
    public static String kafka() {
        return KafkaHolder.KAFKA.getBrokersAsString();
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

    /** Makes {@link Tokens} at the time of the service under test, where that is not the real one. */
    public static void tellTimeBy(Clock ofService) {
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
