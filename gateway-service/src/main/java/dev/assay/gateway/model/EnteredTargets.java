// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import static dev.assay.gateway.model.Everybody.COLUMN;
import static dev.assay.gateway.model.Everybody.ROWS;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;

/** Where teams have their calls go, and where the operator has everybody's go. What another replica changed is known within two seconds. */
@Component
class EnteredTargets {

    private static final Logger log = LoggerFactory.getLogger(EnteredTargets.class);

    /** @param upstreamModel empty: as the catalog says */
    record Row(UUID id, TeamId team, String modelName, String upstream, String upstreamModel, int weight, int priority, Instant createdAt) {}

    private final JdbcClient jdbc;
    private final Remembered<TeamId, List<Row>> known = new Remembered<>((team, last) -> read(team));

    EnteredTargets(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * As it is known, which may be two seconds old; while the database cannot be asked, what it was.
     *
     * @throws ModelErrorException 503 if nobody knows
     */
    List<Row> known(TeamId team) {
        return known.get(team);
    }

    List<Row> of(TeamId team) {
        return jdbc.sql("select * from model_targets where " + ROWS + " order by lower(model_name), priority, weight desc, id")
                .param("team", team.value())
                .query(EnteredTargets::row)
                .list();
    }

    /**
     * @param most a team may have so many
     * @return whether there was room
     * @throws org.springframework.dao.DuplicateKeyException if the team has the same already
     */
    boolean insert(Row row, int most) {
        var room = jdbc.sql("insert into model_targets (id, team_id, model_name, upstream, upstream_model, weight, priority, created_at)"
                                + " select :id, " + COLUMN + ", :model, :upstream, :upstreamModel, :weight, :priority, :createdAt"
                                + " where (select count(*) from model_targets where " + ROWS + ") < :most")
                        .param("id", row.id())
                        .param("team", row.team().value())
                        .param("model", row.modelName())
                        .param("upstream", row.upstream())
                        .param("upstreamModel", row.upstreamModel())
                        .param("weight", row.weight())
                        .param("priority", row.priority())
                        .param("createdAt", Timestamp.from(row.createdAt()))
                        .param("most", most)
                        .update()
                > 0;
        return room;
    }

    /** Locked until the transaction ends. */
    Optional<Row> find(TeamId team, UUID id) {
        return jdbc.sql("select * from model_targets where id = :id and " + ROWS + " for update")
                .param("team", team.value())
                .param("id", id)
                .query(EnteredTargets::row)
                .optional();
    }

    /** @throws org.springframework.dao.DuplicateKeyException if the team has the same already */
    void update(Row row) {
        jdbc.sql("update model_targets set upstream = :upstream, upstream_model = :upstreamModel, weight = :weight, priority = :priority"
                        + " where id = :id")
                .param("id", row.id())
                .param("upstream", row.upstream())
                .param("upstreamModel", row.upstreamModel())
                .param("weight", row.weight())
                .param("priority", row.priority())
                .update();
    }

    /** The one that is taken away; empty: the team has none of that id. */
    Optional<Row> delete(TeamId team, UUID id) {
        return jdbc.sql("delete from model_targets where id = :id and " + ROWS + " returning *")
                .param("team", team.value())
                .param("id", id)
                .query(EnteredTargets::row)
                .optional();
    }

    /** Takes up what this replica changed itself. */
    void changed(TeamId team) {
        known.changed(team);
    }

    /** To go on without them could be to go out on another's account. */
    private List<Row> read(TeamId team) {
        try {
            return of(team);
        } catch (DataAccessException | CannotCreateTransactionException e) {
            log.warn("the targets of team {} cannot be read: {}", team, e.getMessage());
            throw new ModelErrorException(ModelError.unavailable("Targets cannot be read just now. Try again.", 1));
        }
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        var team = row.getObject("team_id", UUID.class);
        return new Row(
                row.getObject("id", UUID.class),
                team == null ? Everybody.TEAM : new TeamId(team),
                row.getString("model_name"),
                row.getString("upstream"),
                row.getString("upstream_model"),
                row.getInt("weight"),
                row.getInt("priority"),
                row.getTimestamp("created_at").toInstant());
    }
}
