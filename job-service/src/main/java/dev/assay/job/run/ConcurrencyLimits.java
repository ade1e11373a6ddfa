// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.TeamId;
import dev.assay.job.run.FairOrder.Limits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * How much may be held at once of a team and of a model: as it is configured, and where the operator says otherwise, as he says. A team
 * may let itself have less.
 */
@Repository
class ConcurrencyLimits {

    private final JdbcClient jdbc;
    private final Limits configured;

    ConcurrencyLimits(JdbcClient jdbc, RunSettings settings) {
        this.jdbc = jdbc;
        this.configured = settings.limits().fair();
    }

    /**
     * What the operator has said. One of both is named.
     *
     * @param most null: any number
     */
    record Said(@Nullable TeamId team, @Nullable String model, @Nullable Integer most) {}

    Limits now() {
        var teams = new HashMap<TeamId, Optional<Integer>>();
        var models = new HashMap<>(configured.models());
        for (var said : said()) {
            if (said.team() != null) {
                teams.put(said.team(), Optional.ofNullable(said.most()));
            } else if (said.most() == null) {
                models.remove(said.model());
            } else {
                models.put(said.model(), said.most());
            }
        }
        own().forEach((team, most) -> {
            var operators = teams.getOrDefault(team, Optional.ofNullable(configured.team()));
            teams.put(team, Optional.of(Math.min(most, operators.orElse(most))));
        });
        return new Limits(configured.team(), teams, models);
    }

    /** What teams have said of themselves. */
    private Map<TeamId, Integer> own() {
        var own = new HashMap<TeamId, Integer>();
        jdbc.sql("select team_id, most from team_limit").query(row -> {
            own.put(new TeamId(row.getObject("team_id", UUID.class)), row.getInt("most"));
        });
        return own;
    }

    @Nullable Integer own(TeamId team) {
        return own().get(team);
    }

    void sayOwn(TeamId team, int most) {
        jdbc.sql(
                        """
                        insert into team_limit (team_id, most) values (:team, :most)
                        on conflict (team_id) do update set most = excluded.most, changed_at = excluded.changed_at
                        """)
                .param("team", team.value())
                .param("most", most)
                .update();
    }

    void takeBackOwn(TeamId team) {
        jdbc.sql("delete from team_limit where team_id = :team").param("team", team.value()).update();
    }

    List<Said> said() {
        return jdbc.sql("select team_id, model, most from concurrency_limit order by model, team_id")
                .query(ConcurrencyLimits::read)
                .list();
    }

    private static Said read(ResultSet row, int number) throws SQLException {
        var team = row.getObject("team_id", UUID.class);
        return new Said(team == null ? null : new TeamId(team), row.getString("model"), row.getObject("most", Integer.class));
    }

    void say(Said limit) {
        jdbc.sql("insert into concurrency_limit (team_id, model, most) values (:team, :model, :most) on conflict (" + column(limit)
                        + ") do update set most = excluded.most, changed_at = excluded.changed_at")
                .param("team", id(limit), Types.OTHER)
                .param("model", limit.model(), Types.VARCHAR)
                .param("most", limit.most(), Types.INTEGER)
                .update();
    }

    /** From then on it is as configured. @return false: nothing was said of it */
    boolean takeBack(Said limit) {
        return jdbc.sql("delete from concurrency_limit where " + column(limit) + " = " + (limit.team() == null ? ":model" : ":team"))
                        .param("team", id(limit), Types.OTHER)
                        .param("model", limit.model(), Types.VARCHAR)
                        .update()
                > 0;
    }

    private static String column(Said limit) {
        return limit.team() == null ? "model" : "team_id";
    }

    private static @Nullable UUID id(Said limit) {
        return limit.team() == null ? null : limit.team().value();
    }
}
