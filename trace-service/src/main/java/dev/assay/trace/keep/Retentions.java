// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.keep;

import dev.assay.contracts.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What teams and the operator say of how long spans are kept. The shorter time holds. */
@Repository
class Retentions {

    private final JdbcClient jdbc;
    private final Retention operators;

    /** @param days 0: for ever */
    Retentions(JdbcClient jdbc, @Value("${assay.spans.keep-days}") int days, @Value("${assay.spans.keep-large-days}") int largeDays) {
        this.jdbc = jdbc;
        this.operators = new Retention(kept("assay.spans.keep-days", days), kept("assay.spans.keep-large-days", largeDays));
    }

    private static @Nullable Integer kept(String name, int days) {
        if (days < 0 || days > Retention.LONGEST) {
            throw new IllegalArgumentException(name + " must be between 1 and " + Retention.LONGEST + ", or 0: for ever");
        }
        return days == 0 ? null : days;
    }

    /** A team that there are runs of. */
    record Team(TeamId id, Retention retention) {}

    Retention operators() {
        return operators;
    }

    Retention own(TeamId team) {
        return jdbc.sql("select spans_days, large_days from retention where team = :team")
                .param("team", team.value())
                .query(Retentions::retention)
                .optional()
                .orElse(Retention.FOR_EVER);
    }

    void say(TeamId team, Retention retention) {
        jdbc.sql("""
                insert into retention (team, spans_days, large_days) values (:team, :spans, :large)
                on conflict (team) do update set spans_days = excluded.spans_days, large_days = excluded.large_days""")
                .param("team", team.value())
                .param("spans", retention.spansDays())
                .param("large", retention.largeDays())
                .update();
    }

    /** Of whom anything is ever to be deleted. */
    List<Team> all() {
        // one step along the index for each team, however many runs it has
        return jdbc.sql("""
                with recursive teams as (
                    (select team from run where cleared_at is null order by team limit 1)
                    union all
                    select (select team from run where cleared_at is null and run.team > teams.team order by team limit 1)
                    from teams where teams.team is not null)
                select teams.team, spans_days, large_days from teams left join retention using (team) where teams.team is not null""")
                .query((row, number) -> new Team(new TeamId(row.getObject("team", UUID.class)), retention(row, number).and(operators)))
                .list()
                .stream()
                .filter(team -> !team.retention().equals(Retention.FOR_EVER))
                .toList();
    }

    private static Retention retention(ResultSet row, int number) throws SQLException {
        return new Retention(row.getObject("spans_days", Integer.class), row.getObject("large_days", Integer.class));
    }
}
