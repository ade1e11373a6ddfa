// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.tree;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.Uuids;
import dev.assay.kit.text.JsonText;
import dev.assay.training.tree.Checkpoint.WentIn;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The rows of checkpoints. None is ever changed. */
@Repository
public class CheckpointRows {

    private static final TypeReference<Map<String, Double>> NUMBERS = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final JsonMapper json;

    CheckpointRows(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    public void insert(Checkpoint checkpoint) {
        var went = checkpoint.went();
        jdbc.sql("insert into checkpoint (id, model, parent, step, weights, state, created_at, traces, datums, tokens, mean_reward, learning_rate,"
                        + " loss_fn, metrics) values (:id, :model, :parent, :step, :weights, :state, :at, :traces, :datums, :tokens, :reward, :rate,"
                        + " :loss, :metrics::jsonb)")
                .param("id", checkpoint.id())
                .param("model", checkpoint.model().value())
                .param("parent", checkpoint.parent())
                .param("step", checkpoint.step())
                .param("weights", checkpoint.weights())
                .param("state", checkpoint.state())
                .param("at", Timestamp.from(checkpoint.createdAt()))
                .param("traces", went.traces())
                .param("datums", went.datums())
                .param("tokens", went.tokens())
                .param("reward", went.meanReward())
                .param("rate", went.learningRate())
                .param("loss", went.lossFn())
                .param("metrics", JsonText.of(json, went.metrics()))
                .update();
    }

    /** In the order in which they were made. */
    List<Checkpoint> of(ModelId model) {
        return jdbc.sql("select * from checkpoint where model = :model order by step").param("model", model.value()).query(this::read).list();
    }

    public Optional<Checkpoint> find(ModelId model, UUID id) {
        return jdbc.sql("select * from checkpoint where model = :model and id = :id")
                .param("model", model.value())
                .param("id", id)
                .query(this::read)
                .optional();
    }

    /** Of a model, by id, name or what a request may pin. */
    public Optional<Checkpoint> named(Learner model, String text) {
        var id = uuid(text);
        return id != null ? find(model.id(), id) : of(model.id()).stream()
                .filter(one -> text.equalsIgnoreCase(one.name()) || text.equalsIgnoreCase(one.checkpointName(model.slug())))
                .findFirst();
    }

    private static @Nullable UUID uuid(String text) {
        try {
            return Uuids.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private Checkpoint read(ResultSet row, int number) throws SQLException {
        return new Checkpoint(
                row.getObject("id", UUID.class),
                new ModelId(row.getObject("model", UUID.class)),
                row.getObject("parent", UUID.class),
                row.getInt("step"),
                row.getString("weights"),
                row.getString("state"),
                row.getTimestamp("created_at").toInstant(),
                new WentIn(
                        row.getInt("traces"),
                        row.getInt("datums"),
                        row.getLong("tokens"),
                        row.getObject("mean_reward", Double.class),
                        row.getDouble("learning_rate"),
                        row.getString("loss_fn"),
                        json.readValue(row.getString("metrics"), NUMBERS)));
    }
}
