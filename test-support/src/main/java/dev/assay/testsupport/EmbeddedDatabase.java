// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A Postgres that ends with this JVM, without any engine. */
final class EmbeddedDatabase {

    private EmbeddedDatabase() {}

    static String start() {
        try {
            var postgres = EmbeddedPostgres.builder().start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    postgres.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            return "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
        } catch (IOException e) {
            throw new UncheckedIOException("no Postgres could be started", e);
        }
    }
}
