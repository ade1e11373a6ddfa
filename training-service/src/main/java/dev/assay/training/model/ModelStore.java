// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The catalog's table. A team sees its own models first, then everybody's, and last what its upstreams for a while offer; of one slug the
 * first of these alone. Each time those that were entered or configured come before those that upstreams offer, of these the short names
 * before those with a vendor in front: clients take the first that what they were given could mean.
 */
@Repository
class ModelStore {

    private static final String CONFIGURED = "configured";
    private static final String OFFERED = "offered:";
    private static final String PASSING = "passing:";
    /** Members enter upstreams for a while: theirs hide nothing. */
    private static final String RANK =
            "(case when starts_with(%1$s.source, '" + PASSING + "') then 2 when %1$s.team is null then 1 else 0 end)";
    private static final String VISIBLE = """
             from model where (team = :team or team is null) and not exists (
                select 1 from model other where (other.team = :team or other.team is null)
                    and lower(other.model_name) = lower(model.model_name) and %s < %s)"""
            .formatted(RANK.formatted("other"), RANK.formatted("model"));
    private static final String ROWS = "(team = :team::uuid or :team::uuid is null and team is null)";
    private static final String IN_ORDER = " order by " + RANK.formatted("model")
            + ", source <> 'configured', source <> 'configured' and strpos(model_name, '/') > 0, position";

    private final JdbcClient jdbc;

    ModelStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Model> visibleTo(TeamId team) {
        return page(team, Integer.MAX_VALUE, 0);
    }

    List<Model> page(TeamId team, int limit, int offset) {
        return jdbc.sql("select model.*" + VISIBLE + IN_ORDER + " limit :limit offset :offset")
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
        write(model, CONFIGURED, "");
    }

    /** With what its origin serves at this moment, for whoever asked for it; they have not been told yet. */
    void insertFork(Model fork, UserId by) {
        insert(fork);
        jdbc.sql("""
                        update model fork set forked_at = origin.head, forked_by = :by, told = false,
                            weights = coalesce((select weights from checkpoint where id = origin.head), origin.weights)
                        from model origin where fork.id = :id and origin.id = fork.forked_from""")
                .param("id", fork.id().value())
                .param("by", by.value())
                .update();
    }

    /** Whether this fork was made for the same request, by whoever has not heard of it. */
    boolean isUntold(Model fork, ModelId origin, UserId by) {
        return jdbc.sql("select exists (select from model where id = :id and not told and forked_from = :origin and forked_by = :by)")
                .param("id", fork.id().value())
                .param("origin", origin.value())
                .param("by", by.value())
                .query(Boolean.class)
                .single();
    }

    void told(ModelId fork) {
        jdbc.sql("update model set told = true where id = :id").param("id", fork.value()).update();
    }

    /** Of everybody's models, those of the configuration are what it says, no more and no less; it wins over whoever offers the same. */
    void replaceConfigured(Collection<Model> models) {
        replace(null, models, CONFIGURED, "");
    }

    /**
     * What this upstream offers, no more and no less. A slug that the configuration or another upstream has stays theirs.
     *
     * @param isPassing whether it is there for a while only: a slug of such a one goes to whoever stays
     */
    void replaceOffered(@Nullable TeamId team, String upstream, boolean isPassing, Collection<Model> models) {
        replace(team, models, (isPassing ? PASSING : OFFERED) + upstream,
                " where model.source = excluded.source or starts_with(model.source, '" + PASSING + "')");
    }

    /** Of this team's, or, without one, of everybody's, offers of any other upstream leave. */
    void keepOffersOf(@Nullable TeamId team, Collection<String> upstreams, Collection<String> passing) {
        lockOffers(team);
        jdbc.sql("delete from model where " + ROWS + " and source <> 'configured' and not source = any(:kept)")
                .param("team", value(team), Types.OTHER)
                .param("kept", upstreams.stream().map(name -> (passing.contains(name) ? PASSING : OFFERED) + name).toArray(String[]::new))
                .update();
    }

    private void replace(@Nullable TeamId team, Collection<Model> models, String source, String unless) {
        lockOffers(team);
        for (var model : models) {
            write(model, source, """
                     on conflict (team, lower(model_name)) do update set model_name = excluded.model_name, name = excluded.name,
                     provider = excluded.provider, sdk_agent_type = excluded.sdk_agent_type, upstream_model = excluded.upstream_model,
                     source = excluded.source, vendor = excluded.vendor, released_at = excluded.released_at,
                     trainer = excluded.trainer""" + unless);
        }
        jdbc.sql("delete from model where " + ROWS + " and source = :source and not id = any(:kept)")
                .param("team", value(team), Types.OTHER)
                .param("source", source)
                .param("kept", models.stream().map(model -> model.id().value()).toArray(UUID[]::new))
                .update();
    }

    /** One replica after the other: two that write the same models in two orders would wait for each other. */
    private void lockOffers(@Nullable TeamId team) {
        if (team != null) {
            lock(team);
            return;
        }
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('shared models', 0))").query((row, number) -> true).single();
    }

    private void write(Model model, String source, String onConflict) {
        jdbc.sql("insert into model"
                        + " (id, team, model_name, name, provider, sdk_agent_type, upstream_model, created_at, source, vendor, released_at,"
                        + " trainer, forked_from, forked_at)"
                        + " values (:id, :team, :modelName, :name, :provider, :agentType, :upstreamModel, :createdAt, :source, :vendor, :releasedAt,"
                        + " :trainer, :from, :at)"
                        + onConflict)
                .param("id", model.id().value())
                .param("team", value(model.team()))
                .param("modelName", model.modelName())
                .param("name", model.name())
                .param("provider", model.provider())
                .param("agentType", model.agentType())
                .param("upstreamModel", model.upstreamModel())
                .param("createdAt", Timestamp.from(model.createdAt()))
                .param("source", source)
                .param("vendor", model.vendor())
                .param("trainer", model.trainer())
                .param("from", model.origin() == null ? null : model.origin().model().value())
                .param("at", model.origin() == null ? null : model.origin().checkpoint())
                .param("releasedAt", model.releasedAt() == null ? null : Timestamp.from(model.releasedAt()))
                .update();
    }

    private static @Nullable UUID value(@Nullable TeamId team) {
        return team == null ? null : team.value();
    }

    private static Model model(ResultSet row, int number) throws SQLException {
        var team = row.getObject("team", UUID.class);
        var released = row.getTimestamp("released_at");
        var from = row.getObject("forked_from", UUID.class);
        return new Model(
                new ModelId(row.getObject("id", UUID.class)),
                team == null ? null : new TeamId(team),
                row.getString("model_name"),
                row.getString("name"),
                row.getString("provider"),
                row.getString("sdk_agent_type"),
                row.getString("upstream_model"),
                row.getTimestamp("created_at").toInstant(),
                row.getString("vendor"),
                released == null ? null : released.toInstant(),
                row.getString("trainer"),
                from == null ? null : new Model.Origin(new ModelId(from), row.getObject("forked_at", UUID.class)));
    }
}
