// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    /** The secret that all services under test share. */
    public static String internalSecret() {
        return "a-secret-for-tests-only-0123456789abcdef";
    }
}
