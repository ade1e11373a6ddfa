// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.testsupport.TestPlatform;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** A database from before keeps its counts, and counts on. */
class MigrationTests {

    private final String schema = "migration_" + UUID.randomUUID().toString().replace("-", "");
    private final DriverManagerDataSource database = new DriverManagerDataSource(
            TestPlatform.databaseUrl() + "?currentSchema=" + schema, "postgres", "postgres");
    private final JdbcClient jdbc = JdbcClient.create(database);
    private final UUID job = UUID.randomUUID();

    @Test
    void countsFromBeforeAreCarriedAndGoOn() {
        migrateTo("6");
        jdbc.sql("insert into job (id, team_id, user_id, taskset_id, created_at) values (:job, :job, :job, 'tasks', now())")
                .param("job", job)
                .update();
        // each from a connection of its own, which had a part of its own
        for (var number = 0; number < 6; number++) {
            insert("group " + number % 2, number / 4.0);
        }
        assertThat(jdbc.sql("select count(*) from tally where group_key = ''").query(Long.class).single()).isGreaterThan(1);
        var before = counts();
        assertThat(before).containsEntry("", List.of(6L, 6L, 3.75)).hasSize(3);

        migrateTo("latest");

        assertThat(counts()).isEqualTo(before);
        insert("group 0", 0.25);
        jdbc.sql("update run set status = 'error', reward = null, ended_by = 'client', revision = 2 where reward = 1.25").update();
        jdbc.sql("delete from run where reward = 1").update();
        var changed = counts();
        assertThat(changed).containsEntry("", List.of(6L, 5L, 1.75)).hasSize(3);
        new Tallies(jdbc, new TransactionTemplate(new DataSourceTransactionManager(database))).addUp();
        assertThat(counts()).isEqualTo(changed);
        assertThat(jdbc.sql("select jobs from job_total_sum order by taskset_key").query(Long.class).list()).containsExactly(1L, 1L);
    }

    @Test
    void sessionsFromBeforeStandWhereTheyStood() {
        migrateTo("21");
        jdbc.sql(
                        """
                        insert into session (id, team_id, environment, state, attempt, worker, address, lease_expires_at, cause, error, created_at, ended_at)
                        values (gen_random_uuid(), :team, 'a', 'queued', 0, null, null, null, null, null, now(), null),
                            (gen_random_uuid(), :team, 'b', 'starting', 1, 'w', null, now(), null, null, now(), null),
                            (gen_random_uuid(), :team, 'c', 'ready', 1, 'w', 'http://w', now(), null, null, now(), null),
                            (gen_random_uuid(), :team, 'd', 'ended', 1, null, null, null, 'environment', 'no licence', now(), now())
                        """)
                .param("team", job)
                .update();

        migrateTo("latest");

        assertThat(jdbc.sql("select concat_ws(' ', state, status, cause, why) from session order by environment").query(String.class).list())
                .containsExactly("queued queued", "held initializing", "held running", "finished cancelled environment no licence");
        jdbc.sql("update session set state = 'finished', status = 'cancelled', revision = 1, cause = 'deleted', closed_at = now() where environment = 'a'").update();
        assertThatThrownBy(() -> jdbc.sql("update session set attempt = 2 where environment = 'c'").update())
                .hasMessageContaining("no step leads from");
    }

    private void insert(String group, double reward) {
        jdbc.sql(
                        """
                        insert into run (id, team_id, job_id, group_id, slug, state, status, ended_by, reward, revision, created_at)
                        values (gen_random_uuid(), :job, :job, :group, 'task', 'finished', 'completed', 'silence', :reward, 1, now())
                        """)
                .param("job", job)
                .param("group", group)
                .param("reward", reward)
                .update();
    }

    /** By group ('': all): runs, graded ones, the sum of their rewards. */
    private Map<String, List<Object>> counts() {
        var counts = new HashMap<String, List<Object>>();
        jdbc.sql("select coalesce(max(group_id), '') as name, sum(runs), sum(graded), sum(reward_sum) from tally group by group_key")
                .query(row -> {
                    counts.put(row.getString(1), List.of(row.getLong(2), row.getLong(3), row.getDouble(4)));
                });
        return counts;
    }

    private void migrateTo(String version) {
        Flyway.configure()
                .dataSource(database)
                .schemas(schema)
                .locations("classpath:db/job")
                .target(version)
                .load()
                .migrate();
    }
}
