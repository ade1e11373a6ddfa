// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real Postgres whose data outlive the JVM. Every commit is on disk before it is acknowledged. */
final class Postgres implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Postgres.class);
    private static final String DATABASE = "assay";

    /** The services' role: it owns their database and nothing else. */
    static final String USER = "assay";

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
        var operator = KeptPassword.in(settings.data().resolve("postgres-password"));
        var password = KeptPassword.in(settings.data().resolve("postgres-services-password"));
        var postgres = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(settings.data().resolve("postgres-binaries").toFile())
                .setPort(settings.postgresPort())
                .setRegisterShutdownHook(false)
                .setConnectConfig("password", operator)
                // the library's own defaults trade durability for speed
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "200")
                .start();
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            lock(statement, operator, data.resolve("pg_hba.conf"));
            createDatabase(statement, password);
        } catch (SQLException e) {
            throw new IOException("the database could not be set up", e);
        }
        try (var connection = postgres.getDatabase("postgres", DATABASE).getConnection();
                var statement = connection.createStatement()) {
            handOver(statement);
        } catch (SQLException e) {
            throw new IOException("the database could not be handed over to the services' role", e);
        }
        return new Postgres(postgres, password);
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + DATABASE;
    }

    /** Of {@link #USER}. */
    String password() {
        return password;
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }

    private static void createDatabase(Statement statement, String password) throws SQLException {
        if (isMissing(statement, "pg_roles where rolname = '" + USER + "'")) {
            statement.execute("create role " + USER + " login");
        }
        statement.execute("alter role " + USER + " nosuperuser nocreatedb nocreaterole password '" + password + "'");
        if (isMissing(statement, "pg_database where datname = '" + DATABASE + "'")) {
            statement.execute("create database " + DATABASE);
        }
        statement.execute("alter database " + DATABASE + " owner to " + USER);
    }

    private static boolean isMissing(Statement statement, String what) throws SQLException {
        try (var found = statement.executeQuery("select 1 from " + what)) {
            return !found.next();
        }
    }

    /** What the services' role does not own yet was made when they were still the database's superuser. */
    private static void handOver(Statement statement) throws SQLException {
        statement.execute("""
                do $$
                declare
                    thing record;
                begin
                    for thing in select nspname from pg_namespace
                            where nspowner = 'postgres'::regrole and nspname !~ '^pg_' and nspname not in ('information_schema', 'public') loop
                        execute format('alter schema %I owner to assay', thing.nspname);
                    end loop;
                    for thing in select c.oid::regclass as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
                            where c.relkind in ('r', 'p') and c.relowner = 'postgres'::regrole
                                and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' loop
                        execute format('alter table %s owner to assay', thing.name);
                    end loop;
                end $$""");
    }

    /** A new cluster trusts whoever connects from this machine: any user of it, and any program without walls. */
    private static void lock(Statement statement, String password, Path rules) throws SQLException, IOException {
        statement.execute("alter role postgres password '" + password + "'");
        Files.writeString(rules, ONLY_WITH_PASSWORD);
        statement.execute("select pg_reload_conf()");
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
