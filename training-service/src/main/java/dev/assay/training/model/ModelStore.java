// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The catalog's table. A team sees its own models first, then everybody's, in the order in which they came. */
@Repository
class ModelStore {

    private static final String VISIBLE = " from model where team = :team or team is null";
    private static final String IN_ORDER = " order by team is null, position";

    private final JdbcClient jdbc;

    ModelStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Model> visibleTo(TeamId team) {
        return page(team, Integer.MAX_VALUE, 0);
    }

    List<Model> page(TeamId team, int limit, int offset) {
        return jdbc.sql("select *" + VISIBLE + IN_ORDER + " limit :limit offset :offset")
                .param("team", team.value())
                .param("limit", limit)
                .param("offset", offset)
                .query(ModelStore::model)
                .list();
    }

    long count(TeamId team) {
        return jdbc.sql("select count(*)" + VISIBLE).param("team", team.value()).query(Long.class).single();
    }

    Optional<Model> find(TeamId team, ModelId id) {
        return jdbc.sql("select * from model where id = :id and (team = :team or team is null)")
                .param("id", id.value())
                .param("team", team.value())
                .query(ModelStore::model)
                .optional();
    }

    /** Until the transaction ends, nobody else enters a model of the team. */
    void lock(TeamId team) {
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('model of ' || :team, 0))")
                .param("team", team.toString())
                .query((row, number) -> true)
                .single();
    }

    void insert(Model model) {
        write(model, "");
    }

    /** Everybody's models are what the configuration says, no more and no less. */
    void replaceShared(Collection<Model> models) {
        for (var model : models) {
            write(model, """
                     on conflict (team, lower(model_name)) do update set model_name = excluded.model_name, name = excluded.name,
                     provider = excluded.provider, sdk_agent_type = excluded.sdk_agent_type, upstream_model = excluded.upstream_model""");
        }
        var kept = models.stream().map(model -> model.id().value()).toArray(UUID[]::new);
        jdbc.sql("delete from model where team is null and not id = any(:kept)").param("kept", kept).update();
    }

    private void write(Model model, String onConflict) {
        jdbc.sql("insert into model (id, team, model_name, name, provider, sdk_agent_type, upstream_model, created_at)"
                        + " values (:id, :team, :modelName, :name, :provider, :agentType, :upstreamModel, :createdAt)"
                        + onConflict)
                .param("id", model.id().value())
                .param("team", model.team() == null ? null : model.team().value())
                .param("modelName", model.modelName())
                .param("name", model.name())
                .param("provider", model.provider())
                .param("agentType", model.agentType())
                .param("upstreamModel", model.upstreamModel())
                .param("createdAt", Timestamp.from(model.createdAt()))
                .update();
    }

    private static Model model(ResultSet row, int number) throws SQLException {
        var team = row.getObject("team", UUID.class);
        return new Model(
                new ModelId(row.getObject("id", UUID.class)),
                team == null ? null : new TeamId(team),
                row.getString("model_name"),
                row.getString("name"),
                row.getString("provider"),
                row.getString("sdk_agent_type"),
                row.getString("upstream_model"),
                row.getTimestamp("created_at").toInstant());
    }
}
