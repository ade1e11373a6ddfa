// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.listing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.testsupport.TestPlatform;
import java.util.List;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What a database from before holds keeps its order in the lists, and what comes stands in front, or for projects behind. */
class MigrationTests {

    private final String schema = "migration_" + UUID.randomUUID().toString().replace("-", "");
    private final DriverManagerDataSource database = new DriverManagerDataSource(
            TestPlatform.databaseUrl() + "?currentSchema=" + schema, "postgres", "postgres");
    private final JdbcClient jdbc = JdbcClient.create(database);
    private final UUID team = UUID.randomUUID();

    @Test
    void listsKeepTheirOrder() {
        migrateTo("6");
        for (var day : List.of("2026-01-03", "2026-01-01", "2026-01-02", "2026-01-02", "2026-01-02")) {
            project(day);
        }
        for (var day : List.of("2026-01-02", "2026-01-03", "2026-01-02", "2026-01-01", "2026-01-02")) {
            environment(day);
            taskset(day);
        }
        var environments = ids("environments order by created_at desc, id");
        var tasksets = ids("tasksets order by created_at desc, id");
        var projects = ids("projects order by created_at, id");

        migrateTo("latest");

        assertThat(ids("environments order by seq desc")).isEqualTo(environments).hasSize(5);
        assertThat(ids("tasksets order by seq desc")).isEqualTo(tasksets).hasSize(5);
        assertThat(ids("projects order by seq")).isEqualTo(projects).hasSize(5);

        // a clock that is behind does not count
        environments.addFirst(environment("2025-01-01"));
        tasksets.addFirst(taskset("2025-01-01"));
        projects.addLast(project("2025-01-01"));
        assertThat(ids("environments order by seq desc")).isEqualTo(environments);
        assertThat(ids("tasksets order by seq desc")).isEqualTo(tasksets);
        assertThat(ids("projects order by seq")).isEqualTo(projects);
    }

    private UUID project(String day) {
        return insert("projects (is_default, created_by, ", "false, :team", day);
    }

    private UUID environment(String day) {
        return insert("environments (project_id, last_number, updated_at, ", "(select id from projects limit 1), 0, now()", day);
    }

    private UUID taskset(String day) {
        return insert("tasksets (project_id, created_by, updated_at, ", "(select id from projects limit 1), :team, now()", day);
    }

    private UUID insert(String into, String values, String day) {
        var id = UUID.randomUUID();
        jdbc.sql("insert into " + into + "id, team_id, name, created_at) values (" + values + ", :id, :team, :name, cast(:day as timestamptz))")
                .param("id", id)
                .param("team", team)
                .param("name", id.toString())
                .param("day", day)
                .update();
        return id;
    }

    private List<UUID> ids(String rows) {
        return jdbc.sql("select id from " + rows).query(UUID.class).list();
    }

    private void migrateTo(String version) {
        Flyway.configure()
                .dataSource(database)
                .schemas(schema)
                .locations("classpath:db/environment")
                .target(version)
                .load()
                .migrate();
    }
}
