// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.span;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.testsupport.TestPlatform;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A table from before has what it had, and takes what comes. */
class MigrationTests {

    private final String schema = "migration_" + UUID.randomUUID().toString().replace("-", "");
    private final DriverManagerDataSource database = new DriverManagerDataSource(
            TestPlatform.databaseUrl() + "?currentSchema=" + schema, "postgres", "postgres");
    private final JdbcClient jdbc = JdbcClient.create(database);

    @Test
    void spansFromBeforeAreKept() {
        migrateTo("2");
        jdbc.sql("create table span_20261120 partition of span for values from ('2026-11-20') to ('2026-11-21')").update();
        jdbc.sql("create table span_20261121 partition of span for values from ('2026-11-21') to ('2026-11-22')").update();
        insert("2026-11-20", "a", 3, null, "{\"text\": \"gr\\u00fcn\"}");
        insert("2026-11-21", "b", null, 2, "{}");
        jdbc.sql("insert into run (run, team, day) values (gen_random_uuid(), gen_random_uuid(), '2026-11-20')").update();

        migrateTo("latest");

        assertThat(jdbc.sql("select span_id from span order by seq").query(String.class).list()).containsExactly("a", "b");
        assertThat(jdbc.sql("select body from span where span_id = 'a' and step_id = 3 and attempt = 0 and size = 21").query(byte[].class).list())
                .containsExactly("{\"text\": \"gr\\u00fcn\"}".getBytes(UTF_8));
        // and are read for search
        assertThat(jdbc.sql("select count(*) from run where begun_at = '2026-11-20T00:00:00Z' and search_due <= now()").query(Integer.class).single())
                .isOne();
        assertThat(jdbc.sql("select attempt from span where span_id = 'b' and step_id = 2147483647").query(Integer.class).single()).isEqualTo(2);
        assertThat(jdbc.sql("select tableoid::regclass::text from span where span_id = 'b'").query(String.class).single())
                .isEqualTo("span_20261121");
    }

    private void migrateTo(String version) {
        Flyway.configure()
                .dataSource(database)
                .schemas(schema)
                .locations("classpath:db/trace")
                .target(version)
                .load()
                .migrate();
    }

    private void insert(String day, String id, Integer step, Integer attempt, String body) {
        jdbc.sql("""
                insert into span (day, run, team, span_id, name, step_id, started_at, ended_at, received_at, body, attempt)
                values (:day::date, gen_random_uuid(), gen_random_uuid(), :id, 'x', :step, now(), now(), now(), :body, :attempt)""")
                .param("day", day)
                .param("id", id)
                .param("step", step)
                .param("body", body)
                .param("attempt", attempt)
                .update();
    }
}
