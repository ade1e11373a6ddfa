// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.training.CallOutcome;
import dev.assay.kit.text.JsonText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The rows of calls. Whoever changes one that was there before has locked its model, so that a model's calls are one behind the other. */
@Repository
class CallRows {

    private static final String FIND = "select *, now() as database_time from call where ";
    private static final TypeReference<Map<String, Double>> NUMBERS = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final JsonMapper json;

    CallRows(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void insert(UUID id, ModelId model, String kind, Asked asked, @Nullable String datums, @Nullable String weights, @Nullable UUID forward) {
        jdbc.sql("insert into call (id, model, kind, state, asked, datums, weights, forward)"
                        + " values (:id, :model, :kind, 'waiting', :asked::jsonb, :datums, :weights, :forward)")
                .param("id", id)
                .param("model", model.value())
                .param("kind", kind)
                .param("asked", JsonText.of(json, asked))
                .param("datums", datums)
                .param("weights", weights)
                .param("forward", forward)
                .update();
    }

    Optional<CallRow> find(UUID id) {
        return jdbc.sql(FIND + "id = :id").param("id", id).query(this::read).optional();
    }

    /** True also of one that is gone with its model. Cheap: whoever waits asks again and again. */
    boolean isOver(UUID id) {
        return jdbc.sql("select not exists (select from call where id = :id and state in ('waiting', 'leased'))")
                .param("id", id)
                .query(Boolean.class)
                .single();
    }

    /** What a model has to do next. */
    Optional<CallRow> next(ModelId model) {
        return jdbc.sql(FIND + "model = :model and state in ('waiting', 'leased') order by position limit 1")
                .param("model", model.value())
                .query(this::read)
                .optional();
    }

    /** What is done and in no step yet, in the order in which it was. */
    List<CallRow> gathered(ModelId model) {
        return jdbc.sql(FIND + "model = :model and state = 'done' and checkpoint is null and not dropped"
                        + " and kind in ('forward_backward', 'backward') order by done_as")
                .param("model", model.value())
                .query(this::read)
                .list();
    }

    /** What a step was made of, in the order in which it was done. */
    List<CallRow> wentInto(UUID checkpoint) {
        return jdbc.sql(FIND + "checkpoint = :checkpoint and kind in ('forward_backward', 'backward') order by done_as")
                .param("checkpoint", checkpoint)
                .query(this::read)
                .list();
    }

    /** The step that made a checkpoint. */
    Optional<CallRow> stepTo(UUID checkpoint) {
        return jdbc.sql(FIND + "checkpoint = :checkpoint and kind = 'optim_step' and not dropped").param("checkpoint", checkpoint).query(this::read).optional();
    }

    /** Whether the forward of this id is differentiated already, or about to be. */
    boolean isUsed(UUID forward) {
        return jdbc.sql("select exists (select from call where forward = :forward and state <> 'failed')")
                .param("forward", forward)
                .query(Boolean.class)
                .single();
    }

    CallRow lease(UUID id, String trainer, Duration lease) {
        return jdbc.sql("""
                        update call set state = 'leased', attempt = attempt + 1, trainer = :trainer,
                            lease_until = clock_timestamp() + make_interval(secs => :lease)
                        where id = :id returning *, now() as database_time""")
                .param("trainer", trainer)
                .param("lease", lease.toMillis() / 1000.0)
                .param("id", id)
                .query(this::read)
                .single();
    }

    /** False: it is not theirs. One that ran out and that nobody took since is theirs. */
    boolean renew(UUID id, String trainer, int attempt, Duration lease) {
        return jdbc.sql("""
                        update call set lease_until = clock_timestamp() + make_interval(secs => :lease)
                        where id = :id and state = 'leased' and trainer = :trainer and attempt = :attempt""")
                        .param("lease", lease.toMillis() / 1000.0)
                        .param("id", id)
                        .param("trainer", trainer)
                        .param("attempt", attempt)
                        .update()
                > 0;
    }

    /** False: it is not theirs. */
    boolean giveBack(UUID id, String trainer, int attempt) {
        return jdbc.sql("""
                        update call set state = 'waiting', lease_until = null, given_back = given_back + 1
                        where id = :id and state = 'leased' and trainer = :trainer and attempt = :attempt""")
                        .param("id", id)
                        .param("trainer", trainer)
                        .param("attempt", attempt)
                        .update()
                > 0;
    }

    /** @param checkpoint that the call has made; null: it made none */
    void done(UUID id, CallOutcome outcome, @Nullable UUID checkpoint) {
        jdbc.sql("""
                        update call set state = 'done', ended_at = clock_timestamp(), done_as = nextval('call_done'), moves = :moves,
                            metrics = :metrics::jsonb, logprobs = :logprobs, checkpoint = :checkpoint
                        where id = :id""")
                .param("moves", outcome.moves())
                .param("metrics", JsonText.of(json, outcome.metrics()))
                .param("logprobs", outcome.logprobs())
                .param("checkpoint", checkpoint)
                .param("id", id)
                .update();
    }

    /** A step that was asked for again: it is the one that was made. */
    void doneBefore(UUID id, UUID checkpoint) {
        jdbc.sql("update call set state = 'done', ended_at = clock_timestamp(), checkpoint = :checkpoint, dropped = true, metrics = '{}' where id = :id")
                .param("checkpoint", checkpoint)
                .param("id", id)
                .update();
    }

    /** False: it was over. */
    boolean fail(UUID id, int status, String detail) {
        return jdbc.sql("update call set state = 'failed', ended_at = clock_timestamp(), status = :status, detail = :detail"
                                + " where id = :id and state in ('waiting', 'leased')")
                        .param("status", status)
                        .param("detail", detail)
                        .param("id", id)
                        .update()
                > 0;
    }

    /** What has waited for so long without being taken by anybody. */
    void giveUp(UUID id, Duration longest, String why) {
        jdbc.sql("update call set state = 'failed', ended_at = clock_timestamp(), status = 503, detail = :why where id = :id and state = 'waiting'"
                        + " and created_at < now() - make_interval(secs => :longest)")
                .param("why", why)
                .param("id", id)
                .param("longest", longest.toMillis() / 1000.0)
                .update();
    }

    /** What was gathered is in this step; log-probabilities of before are of weights that are gone. */
    void consume(ModelId model, UUID checkpoint) {
        jdbc.sql("update call set checkpoint = :checkpoint where model = :model and state = 'done' and checkpoint is null and not dropped")
                .param("checkpoint", checkpoint)
                .param("model", model.value())
                .update();
    }

    /** What was gathered, and what is being done, counts no more. */
    void drop(ModelId model) {
        jdbc.sql("update call set dropped = true where model = :model and state = 'done' and checkpoint is null and not dropped")
                .param("model", model.value())
                .update();
        jdbc.sql("""
                        update call set state = 'failed', ended_at = clock_timestamp(), status = 409,
                            detail = 'The head of this model was moved before this was done. Nothing of it counts.'
                        where model = :model and state in ('waiting', 'leased')""")
                .param("model", model.value())
                .update();
    }

    private CallRow read(ResultSet row, int number) throws SQLException {
        var lease = row.getTimestamp("lease_until");
        var ended = row.getTimestamp("ended_at");
        var now = row.getTimestamp("database_time");
        var metrics = row.getString("metrics");
        return new CallRow(
                row.getObject("id", UUID.class),
                new ModelId(row.getObject("model", UUID.class)),
                row.getString("kind"),
                CallRow.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                json.readValue(row.getString("asked"), Asked.class),
                row.getString("datums"),
                row.getString("weights"),
                row.getString("logprobs"),
                row.getObject("forward", UUID.class),
                row.getInt("attempt"),
                row.getInt("given_back"),
                row.getString("trainer"),
                lease == null || !lease.after(now),
                ended == null ? null : ended.toInstant(),
                row.getBoolean("moves"),
                metrics == null ? Map.of() : json.readValue(metrics, NUMBERS),
                row.getInt("status"),
                row.getString("detail"),
                row.getObject("checkpoint", UUID.class),
                row.getBoolean("dropped"),
                row.getTimestamp("created_at").toInstant(),
                now.toInstant());
    }
}
