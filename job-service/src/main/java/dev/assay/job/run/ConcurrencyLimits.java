// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.TeamId;
import dev.assay.job.run.FairOrder.Limits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
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
     * What somebody has said of a team or of a model. One of both is named.
     *
     * @param most null: any number
     * @param own whether the team itself has said it, or the operator
     */
    record Said(@Nullable TeamId team, @Nullable String model, @Nullable Integer most, boolean own) {

        /** @param most null: nothing */
        static Said ofItself(TeamId team, @Nullable Integer most) {
            return new Said(team, null, most, true);
        }
    }

    Limits now() {
        var teams = new HashMap<TeamId, Optional<Integer>>();
        var models = new HashMap<>(configured.models());
        for (var said : said()) {
            if (said.team() != null && said.own()) {
                var operators = teams.getOrDefault(said.team(), Optional.ofNullable(configured.team()));
                teams.put(said.team(), Optional.of(smaller(said, operators)));
            } else if (said.team() != null) {
                teams.put(said.team(), Optional.ofNullable(said.most()));
            } else if (said.most() == null) {
                models.remove(said.model());
            } else {
                models.put(said.model(), said.most());
            }
        }
        return new Limits(configured.team(), teams, models);
    }

    private static int smaller(Said own, Optional<Integer> operators) {
        return Math.min(Objects.requireNonNull(own.most()), operators.orElse(Integer.MAX_VALUE));
    }

    /** What the team has said of itself; null: nothing. */
    @Nullable Integer own(TeamId team) {
        return jdbc.sql("select most from concurrency_limit where team_id = :team and own")
                .param("team", team.value())
                .query(Integer.class)
                .optional()
                .orElse(null);
    }

    /** The operator's words first. */
    List<Said> said() {
        return jdbc.sql("select team_id, model, most, own from concurrency_limit order by own, model, team_id")
                .query(ConcurrencyLimits::read)
                .list();
    }

    private static Said read(ResultSet row, int number) throws SQLException {
        var team = row.getObject("team_id", UUID.class);
        return new Said(
                team == null ? null : new TeamId(team), row.getString("model"), row.getObject("most", Integer.class), row.getBoolean("own"));
    }

    void say(Said limit) {
        jdbc.sql("insert into concurrency_limit (team_id, model, most, own) values (:team, :model, :most, :own) on conflict ("
                        + (limit.team() == null ? "model" : "team_id, own")
                        + ") do update set most = excluded.most, changed_at = excluded.changed_at")
                .param("team", id(limit), Types.OTHER)
                .param("model", limit.model(), Types.VARCHAR)
                .param("most", limit.most(), Types.INTEGER)
                .param("own", limit.own())
                .update();
    }

    /** From then on it is as configured. @return false: nothing was said of it */
    boolean takeBack(Said limit) {
        return jdbc.sql("delete from concurrency_limit where own = :own and " + (limit.team() == null ? "model = :model" : "team_id = :team"))
                        .param("team", id(limit), Types.OTHER)
                        .param("model", limit.model(), Types.VARCHAR)
                        .param("own", limit.own())
                        .update()
                > 0;
    }

    private static @Nullable UUID id(Said limit) {
        return limit.team() == null ? null : limit.team().value();
    }
}
