// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.EnvironmentName;
import dev.assay.contracts.TeamId;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** What a worker holds at this moment. */
@Repository
class HeldWork {

    private final JdbcClient jdbc;
    private final JsonMapper json;

    HeldWork(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    private record Row(String environment, @Nullable String verifier) {}

    /** The environments of a team's runs and sessions that the worker holds, by their normalized names. */
    List<String> environments(String worker, TeamId team) {
        return jdbc.sql(
                        """
                        select run.environment, run_spec.verifier from run join run_spec on run_spec.run_id = run.id
                        where run.state = 'held' and run.worker = :worker and run.team_id = :team and run.lease_expires_at > now()
                        union all
                        select environment, null from session
                        where state = 'held' and worker = :worker and team_id = :team and lease_expires_at > now()
                        """)
                .param("worker", worker)
                .param("team", team.value())
                .query((row, number) -> new Row(row.getString("environment"), row.getString("verifier")))
                .list().stream()
                .flatMap(this::names)
                .map(name -> EnvironmentName.of(name).value())
                .distinct()
                .toList();
    }

    private Stream<String> names(Row row) {
        var verifier = row.verifier() == null ? "" : json.readTree(row.verifier()).path("env").asString("");
        return verifier.isEmpty() ? Stream.of(row.environment()) : Stream.of(row.environment(), verifier);
    }
}
