// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real Postgres whose data outlive the JVM. Every commit is on disk before it is acknowledged. */
final class Postgres implements AutoCloseable {

    private static final String DATABASE = "assay";
    private static final Duration LONGEST_START = Duration.ofMinutes(4);
    private static final long LOOK_AGAIN_MILLIS = 100;

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
        LeftoverPostgres.end(data);
        var operator = KeptPassword.in(settings.data().resolve("postgres-password"));
        var password = KeptPassword.in(settings.data().resolve("postgres-services-password"));
        var words = settings.data().resolve("postgres.log");
        Files.deleteIfExists(words);
        var postgres = started(words, EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(settings.data().resolve("postgres-binaries").toFile())
                .setPort(settings.postgresPort())
                .setRegisterShutdownHook(false)
                .setConnectConfig("password", operator)
                // which letters are one and what comes first is Postgres' own to say, and not whoever's starts it first
                .setLocaleConfig("locale-provider", "builtin")
                .setLocaleConfig("builtin-locale", "C.UTF-8")
                .setLocaleConfig("locale", "C")
                // the library's own defaults trade durability for speed
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "200")
                // nobody comes that way, and the lock that goes with a socket outlives who is killed
                .setServerConfig("unix_socket_directories", "")
                // after a hard kill it first has to read what it had written ahead
                .setPGStartupWait(LONGEST_START)
                .setOutputRedirector(ProcessBuilder.Redirect.appendTo(words.toFile()))
                .setErrorRedirector(ProcessBuilder.Redirect.appendTo(words.toFile())));
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

    /** Fails as soon as Postgres has given up, and with its own words. */
    private static EmbeddedPostgres started(Path words, EmbeddedPostgres.Builder postgres) throws IOException {
        var start = CompletableFuture.supplyAsync(() -> {
            try {
                return postgres.start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }, wait -> Thread.ofPlatform().daemon().start(wait));
        while (true) {
            try {
                return start.get(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (lastWords(words).contains("could not start server")) {
                    throw new IOException("Postgres does not start. It says:\n" + lastWords(words));
                }
            } catch (ExecutionException e) {
                throw new IOException("Postgres does not start. It says:\n" + lastWords(words), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while Postgres was starting", e);
            }
        }
    }

    private static String lastWords(Path words) throws IOException {
        if (!Files.exists(words)) {
            return "nothing";
        }
        var lines = new String(Files.readAllBytes(words), StandardCharsets.UTF_8).lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
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
}
