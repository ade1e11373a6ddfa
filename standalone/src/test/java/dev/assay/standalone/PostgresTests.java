// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded database's door. */
class PostgresTests {

    @TempDir
    private Path data;

    @Test
    void servicesOwnTheirDatabaseAndAreNobodyBesides() throws Exception {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort() - 10;
        }
        try (var postgres = Postgres.start(new Settings(port, "127.0.0.1", data, false, "required"))) {
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.url(), "postgres", "")).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.url(), "postgres", postgres.password()))
                    .isInstanceOf(SQLException.class);
            try (var connection = DriverManager.getConnection(postgres.url(), Postgres.USER, postgres.password());
                    var statement = connection.createStatement()) {
                statement.execute("create schema mine");
                assertThatThrownBy(() -> statement.execute("copy (select 1) to program 'true'")).hasMessageContaining("permission denied");
                assertThatThrownBy(() -> statement.execute("create role another")).hasMessageContaining("permission denied");
            }
        }
    }
}
