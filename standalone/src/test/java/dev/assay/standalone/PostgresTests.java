// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.testsupport.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded database's door, and how it comes back after a hard end. */
class PostgresTests {

    /** Of all tests: the library unpacks its programs once. */
    @TempDir
    private static Path folder;

    private final Path data = folder.resolve(UUID.randomUUID().toString());

    @Test
    void servicesOwnTheirDatabaseAndAreNobodyBesides() throws Exception {
        try (var postgres = Postgres.start(settings())) {
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

    @Test
    void whatIsTheSameLetterDoesNotDependOnWhoStartsIt() throws Exception {
        try (var postgres = Postgres.start(settings());
                var connection = DriverManager.getConnection(postgres.url(), Postgres.USER, postgres.password());
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select lower('IИÉ'), 'é' > 'z', (select datlocprovider from pg_database where datname = current_database())")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("iиé");
            assertThat(row.getBoolean(2)).isTrue();
            assertThat(row.getString(3)).isEqualTo("b");
        }
    }

    @Test
    void aPostgresThatWasKilledAndIsNotBuriedDoesNotKeepTheNextOneFromStarting() throws Exception {
        var settings = settings();
        killEverything(ownerOf(settings));
        try (var zombie = new Zombie()) {
            // as its pid file stands where process 1 buries nobody
            pidFileNames(zombie.pid());
            assertThatCode(() -> Postgres.start(settings).close()).doesNotThrowAnyException();
        }
    }

    @Test
    void aProcessThatHasADeadPostgresNumberByNowDoesNotKeepTheNextOneFromStartingAndLivesOn() throws Exception {
        var settings = settings();
        killEverything(ownerOf(settings));
        var another = new ProcessBuilder("sleep", "600").start();
        try {
            pidFileNames(another.pid());
            assertThatCode(() -> Postgres.start(settings).close()).doesNotThrowAnyException();
            assertThat(another.isAlive()).isTrue();
        } finally {
            another.destroyForcibly();
        }
    }

    @Test
    void aPidFileThatWasNeverWrittenDoesNotKeepTheNextOneFromStarting() throws Exception {
        var settings = settings();
        Postgres.start(settings).close();
        Files.writeString(pidFile(), "");
        assertThatCode(() -> Postgres.start(settings).close()).doesNotThrowAnyException();
    }

    @Test
    void aPostgresThatRunsOnAfterItsOwnerWasKilledIsEndedFirst() throws Exception {
        var settings = settings();
        ownerOf(settings).destroyForcibly().waitFor();
        try (var next = Postgres.start(settings); var connection = DriverManager.getConnection(next.url(), Postgres.USER, next.password())) {
            assertThat(connection.isValid(10)).isTrue();
        }
    }

    @Test
    void whyPostgresDoesNotStartIsSaidInItsOwnWords() throws Exception {
        var settings = settings();
        Postgres.start(settings).close();
        Files.writeString(data.resolve("postgres/postgresql.conf"), "no_such_setting = on\n");
        assertThatThrownBy(() -> Postgres.start(settings)).hasMessageContaining("no_such_setting");
    }

    /** Postgres' own port is ten further. */
    private Settings settings() {
        return new Settings(FreePort.findWithNext(10), "127.0.0.1", data, false, false, "required");
    }

    private Path pidFile() {
        return data.resolve("postgres/postmaster.pid");
    }

    private void pidFileNames(long pid) throws IOException {
        var lines = Files.readAllLines(pidFile());
        lines.set(0, String.valueOf(pid));
        Files.write(pidFile(), lines);
    }

    /** A process that has started a Postgres, as the platform does. */
    private static Process ownerOf(Settings settings) throws IOException {
        var owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName(),
                        String.valueOf(settings.port()),
                        settings.data().toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var told = owner.inputReader();
        for (var line = told.readLine(); !Owner.UP.equals(line); line = told.readLine()) {
            assertThat(line).as("the owner of a Postgres ended").isNotNull();
        }
        return owner;
    }

    static final class Owner {

        static final String UP = "it is up";

        public static void main(String[] arguments) throws Exception {
            Postgres.start(new Settings(Integer.parseInt(arguments[0]), "127.0.0.1", Path.of(arguments[1]), false, false, "required"));
            System.out.println(UP);
            Thread.sleep(Duration.ofMinutes(10));
        }
    }

    /** With a SIGKILL to the owner and to the postmaster; its children see to their own end. */
    private void killEverything(Process owner) throws Exception {
        var postmaster = ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile()).getFirst().strip())).orElseThrow();
        owner.destroyForcibly().waitFor();
        postmaster.destroyForcibly();
        await().until(() -> postmaster.info().command().isEmpty());
    }

    /** A process that is dead, and that its parent does not bury. */
    private static final class Zombie implements AutoCloseable {

        private final Process parent;

        Zombie() throws IOException {
            parent = new ProcessBuilder("sh", "-c", "true & exec sleep 600").start();
            await().until(() -> parent.children().count() == 1
                    && parent.children().allMatch(child -> child.info().command().isEmpty()));
        }

        long pid() {
            return parent.children().findFirst().orElseThrow().pid();
        }

        @Override
        public void close() {
            parent.destroyForcibly();
        }
    }
}
