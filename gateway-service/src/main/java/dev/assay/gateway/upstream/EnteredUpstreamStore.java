// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static dev.assay.gateway.model.Everybody.COLUMN;
import static dev.assay.gateway.model.Everybody.ROWS;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.model.Everybody;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of upstreams that people have entered. */
@Repository
class EnteredUpstreamStore {

    private final JdbcClient jdbc;

    EnteredUpstreamStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<EnteredUpstream> of(TeamId team) {
        return jdbc.sql("select * from upstreams where " + ROWS + " order by lower(name)")
                .param("team", team.value())
                .query(EnteredUpstreamStore::row)
                .list();
    }

    /** The teams that have any which may be asked. */
    List<TeamId> teams() {
        return jdbc.sql("select distinct team_id from upstreams where team_id is not null and enabled")
                .query((row, number) -> new TeamId(row.getObject(1, UUID.class)))
                .list();
    }

    Optional<EnteredUpstream> find(TeamId team, UUID id) {
        return jdbc.sql("select * from upstreams where id = :id and " + ROWS)
                .param("team", team.value())
                .param("id", id)
                .query(EnteredUpstreamStore::row)
                .optional();
    }

    /**
     * @param most a team may have so many
     * @return whether there was room
     * @throws org.springframework.dao.DuplicateKeyException if the team has one of that name
     */
    boolean insert(EnteredUpstream one, int most) {
        return values(jdbc.sql("insert into upstreams (id, team_id, name, preset, base_url, region, credential, hint, models, lists,"
                        + " connect_seconds, first_seconds, next_seconds, total_seconds, enabled, created_at, updated_at, version)"
                        + " select :id, " + COLUMN + ", :name, :preset, :baseUrl, :region, :credential, :hint, :models, :lists,"
                        + " :connect, :first, :next, :total, :enabled, :createdAt, :updatedAt, :version"
                        + " where (select count(*) from upstreams where " + ROWS + ") < :most"), one)
                        .param("createdAt", Timestamp.from(one.createdAt()))
                        .param("most", most)
                        .update()
                > 0;
    }

    /** Whether it was still of the version before. */
    boolean update(EnteredUpstream one) {
        return values(jdbc.sql("update upstreams set name = :name, preset = :preset, base_url = :baseUrl, region = :region,"
                        + " credential = :credential, hint = :hint, models = :models, lists = :lists, connect_seconds = :connect,"
                        + " first_seconds = :first, next_seconds = :next, total_seconds = :total, enabled = :enabled,"
                        + " updated_at = :updatedAt, version = :version"
                        + " where id = :id and " + ROWS + " and version = :version - 1"), one)
                        .update()
                > 0;
    }

    boolean delete(TeamId team, UUID id) {
        return jdbc.sql("delete from upstreams where id = :id and " + ROWS).param("team", team.value()).param("id", id).update() > 0;
    }

    private static JdbcClient.StatementSpec values(JdbcClient.StatementSpec statement, EnteredUpstream one) {
        return statement.param("id", one.id())
                .param("team", one.team().value())
                .param("name", one.name())
                .param("preset", one.preset())
                .param("baseUrl", one.baseUrl())
                .param("region", one.region())
                .param("credential", one.credential())
                .param("hint", one.hint())
                .param("models", one.models().toArray(String[]::new))
                .param("lists", one.lists(), Types.BOOLEAN)
                .param("connect", seconds(one.limits().connect()), Types.INTEGER)
                .param("first", seconds(one.limits().first()), Types.INTEGER)
                .param("next", seconds(one.limits().next()), Types.INTEGER)
                .param("total", seconds(one.limits().total()), Types.INTEGER)
                .param("enabled", one.enabled())
                .param("updatedAt", Timestamp.from(one.updatedAt()))
                .param("version", one.version());
    }

    private static @Nullable Integer seconds(@Nullable Duration time) {
        return time == null ? null : Math.toIntExact(time.toSeconds());
    }

    private static EnteredUpstream row(ResultSet row, int number) throws SQLException {
        var team = row.getObject("team_id", UUID.class);
        return new EnteredUpstream(
                row.getObject("id", UUID.class),
                team == null ? Everybody.TEAM : new TeamId(team),
                row.getString("name"),
                row.getString("preset"),
                row.getString("base_url"),
                row.getString("region"),
                row.getString("credential"),
                row.getString("hint"),
                List.of((String[]) row.getArray("models").getArray()),
                row.getObject("lists", Boolean.class),
                new Limits(time(row, "connect_seconds"), time(row, "first_seconds"), time(row, "next_seconds"), time(row, "total_seconds")),
                row.getBoolean("enabled"),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("updated_at").toInstant(),
                row.getLong("version"));
    }

    private static @Nullable Duration time(ResultSet row, String column) throws SQLException {
        var seconds = row.getObject(column, Integer.class);
        return seconds == null ? null : Duration.ofSeconds(seconds);
    }
}
