// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.BuildLease.Example;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What a team runs in an environment, so that a new version of it can be tried with that. */
@Component
class KnownTasks {

    private final JdbcClient jdbc;

    KnownTasks(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The first of the newest taskset that has one; of that environment by the very name that its code declares. */
    Optional<Example> of(TeamId team, String declaredName) {
        return jdbc.sql("""
                        select task.task_id, task.args
                        from tasksets taskset cross join lateral (
                            select task_id, args from tasks where taskset_id = taskset.id and env = :name order by position limit 1) task
                        where taskset.team_id = :team
                        order by taskset.seq desc limit 1""")
                .param("team", team.value())
                .param("name", declaredName)
                .query((row, n) -> new Example(row.getString("task_id"), JsonMapper.shared().readTree(row.getString("args"))))
                .optional();
    }
}
