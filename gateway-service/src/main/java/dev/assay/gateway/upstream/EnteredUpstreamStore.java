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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of upstreams that people have entered. */
@Repository
class EnteredUpstreamStore {

    private static final String THERE = "(expires_at is null or expires_at > now())";

    private final JdbcClient jdbc;

    EnteredUpstreamStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<EnteredUpstream> of(TeamId team) {
        return jdbc.sql("select * from upstreams where " + ROWS + " and " + THERE + " order by lower(name)")
                .param("team", team.value())
                .query(EnteredUpstreamStore::row)
                .list();
    }

    /** The teams that have any which may be asked. */
    List<TeamId> teams() {
        return jdbc.sql("select distinct team_id from upstreams where team_id is not null and enabled and " + THERE)
                .query((row, number) -> new TeamId(row.getObject(1, UUID.class)))
                .list();
    }

    Optional<EnteredUpstream> find(TeamId team, UUID id) {
        return jdbc.sql("select * from upstreams where id = :id and " + ROWS + " and " + THERE)
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
                        + " connect_seconds, first_seconds, next_seconds, total_seconds, enabled, created_at, updated_at, expires_at,"
                        + " version)"
                        + " select :id, " + COLUMN + ", :name, :preset, :baseUrl, :region, :credential, :hint, :models, :lists,"
                        + " :connect, :first, :next, :total, :enabled, :createdAt, :updatedAt, :expiresAt, :version"
                        + " where (select count(*) from upstreams where " + ROWS + " and " + THERE + ") < :most"), one)
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
                        + " updated_at = :updatedAt, expires_at = :expiresAt, version = :version"
                        + " where id = :id and " + ROWS + " and version = :version - 1"), one)
                        .update()
                > 0;
    }

    Optional<EnteredUpstream> named(TeamId team, String name) {
        return jdbc.sql("select * from upstreams where lower(name) = lower(:name) and " + ROWS + " and " + THERE)
                .param("team", team.value())
                .param("name", name)
                .query(EnteredUpstreamStore::row)
                .optional();
    }

    /** Says of one that has not changed meanwhile that it is there for longer. */
    boolean prolong(EnteredUpstream one, Instant until) {
        return jdbc.sql("update upstreams set expires_at = :until where id = :id and version = :version and " + THERE)
                        .param("until", Timestamp.from(until))
                        .param("id", one.id())
                        .param("version", one.version())
                        .update()
                > 0;
    }

    /** Those that are there no longer. */
    List<EnteredUpstream> expired() {
        return jdbc.sql("select * from upstreams where not " + THERE).query(EnteredUpstreamStore::row).list();
    }

    /** With its credential, if it is there no longer. */
    void deleteExpired(EnteredUpstream one) {
        jdbc.sql("delete from upstreams where id = :id and not " + THERE).param("id", one.id()).update();
    }

    /** As {@link #deleteExpired(EnteredUpstream)}, of the team's of that name. */
    void deleteExpired(TeamId team, String name) {
        jdbc.sql("delete from upstreams where lower(name) = lower(:name) and " + ROWS + " and not " + THERE)
                .param("team", team.value())
                .param("name", name)
                .update();
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
                .param("expiresAt", one.expiresAt() == null ? null : Timestamp.from(one.expiresAt()), Types.TIMESTAMP)
                .param("version", one.version());
    }

    private static @Nullable Integer seconds(@Nullable Duration time) {
        return time == null ? null : Math.toIntExact(time.toSeconds());
    }

    private static EnteredUpstream row(ResultSet row, int number) throws SQLException {
        var team = row.getObject("team_id", UUID.class);
        var expires = row.getTimestamp("expires_at");
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
                expires == null ? null : expires.toInstant(),
                row.getLong("version"));
    }

    private static @Nullable Duration time(ResultSet row, String column) throws SQLException {
        var seconds = row.getObject(column, Integer.class);
        return seconds == null ? null : Duration.ofSeconds(seconds);
    }
}
