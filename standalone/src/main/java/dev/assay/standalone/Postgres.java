// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real Postgres whose data outlive the JVM. Every commit is on disk before it is acknowledged. */
final class Postgres implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Postgres.class);
    private static final String DATABASE = "assay";

    private static final String ONLY_WITH_PASSWORD =
            """
            local all all              scram-sha-256
            host  all all 127.0.0.1/32 scram-sha-256
            host  all all ::1/128      scram-sha-256
            """;

    private final EmbeddedPostgres postgres;
    private final String password;

    private Postgres(EmbeddedPostgres postgres, String password) {
        this.postgres = postgres;
        this.password = password;
    }

    static Postgres start(Settings settings) throws IOException {
        var data = settings.data().resolve("postgres");
        Files.createDirectories(settings.data());
        endLeftover(data.resolve("postmaster.pid"));
        var password = password(settings.data().resolve("postgres-password"));
        var postgres = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(settings.data().resolve("postgres-binaries").toFile())
                .setPort(settings.postgresPort())
                .setRegisterShutdownHook(false)
                .setConnectConfig("password", password)
                // the library's own defaults trade durability for speed
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "200")
                .start();
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            createDatabase(statement);
            lock(statement, password, data.resolve("pg_hba.conf"));
        } catch (SQLException e) {
            throw new IOException("the database could not be set up", e);
        }
        return new Postgres(postgres, password);
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + DATABASE;
    }

    String password() {
        return password;
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }

    private static void createDatabase(Statement statement) throws SQLException {
        try (var found = statement.executeQuery("select 1 from pg_database where datname = '" + DATABASE + "'")) {
            if (found.next()) {
                return;
            }
        }
        statement.execute("create database " + DATABASE);
    }

    /** A new cluster trusts whoever connects from this machine; but sandboxes share its network, and what runs in them is not trusted. */
    private static void lock(Statement statement, String password, Path rules) throws SQLException, IOException {
        statement.execute("alter role postgres password '" + password + "'");
        Files.writeString(rules, ONLY_WITH_PASSWORD);
        statement.execute("select pg_reload_conf()");
    }

    private static String password(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        var known = Files.readString(file).strip();
        if (!known.isEmpty()) {
            return known;
        }
        var bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        var password = HexFormat.of().formatHex(bytes);
        Files.writeString(file, password);
        return password;
    }

    /** A JVM that was killed leaves its Postgres behind: end it, so that this one runs with the settings of this start. */
    private static void endLeftover(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return;
        }
        var pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
        var leftover = ProcessHandle.of(pid).filter(process -> process.info().command().orElse("").endsWith("postgres"));
        if (leftover.isEmpty()) {
            return;
        }
        log.info("ending the Postgres that an earlier run left behind (process {})", pid);
        leftover.get().destroy();
        try {
            leftover.get().onExit().get(5, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            // its own clients may hang on; the write-ahead log makes a hard end safe
            leftover.get().descendants().forEach(ProcessHandle::destroyForcibly);
            leftover.get().destroyForcibly();
            leftover.get().onExit().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IOException(e);
        }
    }
}
