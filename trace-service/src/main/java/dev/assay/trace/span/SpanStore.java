// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.span;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.blob.Blobs;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.span.SpanMark.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The spans' table, as it is read. */
@Repository
public class SpanStore {

    private static final Logger log = LoggerFactory.getLogger(SpanStore.class);
    static final int NO_ATTEMPT = 0;

    private static final String MARK =
            "select seq, span_id, attempt, name, schema, step_id, started_at, ended_at, tool, failed, size from span ";

    private final JdbcClient jdbc;
    private final Blobs blobs;

    SpanStore(JdbcClient jdbc, Blobs spanBlobs) {
        this.jdbc = jdbc;
        this.blobs = spanBlobs;
    }

    /** Where a run's spans lie. */
    public record Place(RunId run, TeamId team, LocalDate day) {}

    /**
     * Which of a run's spans are told: those of the latest attempt, and those that no attempt sent, which may have come from somebody else of
     * the team. In a run that only a client drives, not those of an earlier beginning: that is what came long before the latest, or both came
     * and was begun before it.
     *
     * @param attempt the latest; 0: no attempt sent any
     * @param beganSeq what arrived since belongs to the latest beginning
     * @param beganAt what was begun since does so too, if it did not come long before
     * @param latestSeq of what arrived last of all that; -1: nothing has
     */
    public record Scope(Place place, int attempt, long beganSeq, Instant beganAt, long latestSeq) {}

    /** The latest attempt of which there are spans; 0 if no attempt sent any. */
    public int latestAttempt(Place place) {
        return jdbc.sql("select coalesce(max(attempt), 0) from span " + at(place)).params(where(place)).query(Integer.class).single();
    }

    /** The first of the steps that no attempt sent. */
    public List<SpanMark> firstSteps(Place place, int limit) {
        return jdbc.sql(MARK + at(place) + " and attempt = 0 and step_id < :noStep order by step_id, started_at, seq limit :limit")
                .params(where(place))
                .param("noStep", Position.NO_STEP)
                .param("limit", limit)
                .query(SpanStore::mark)
                .list();
    }

    /** What no attempt sent under one step's number, or a lower one: the latest to arrive. */
    public List<SpanMark> upToStep(Place place, int stepId, int limit) {
        return jdbc.sql(MARK + at(place) + " and attempt = 0 and step_id <= :step order by seq desc limit :limit")
                .params(where(place))
                .param("step", stepId)
                .param("limit", limit)
                .query(SpanStore::mark)
                .list();
    }

    /** Of the span that arrived last among those of an attempt and those that no attempt sent; -1: there is none. */
    public long latestSeq(Place place, int attempt) {
        return jdbc.sql("select seq from span " + at(place) + " and attempt in (0, :attempt) order by seq desc limit 1")
                .params(where(place))
                .param("attempt", attempt)
                .query(Long.class)
                .optional()
                .orElse(-1L);
    }

    /** Of the span that arrived last, of whatever attempt; -1: there is none. */
    public long latestSeq(Place place) {
        return jdbc.sql("select coalesce(max(seq), -1) from span " + at(place)).params(where(place)).query(Long.class).single();
    }

    /**
     * Told spans of one attempt behind a position, in order: steps, or what is none.
     *
     * @param attempt 0: those that no attempt sent
     */
    public List<SpanMark> behind(Scope scope, int attempt, boolean steps, Position position, int limit) {
        return jdbc.sql(MARK + at(scope.place())
                        + """
                         and attempt = :attempt and (step_id, started_at, seq) > (:stepId, :startedAt, :after) and step_id %s :noStep and %s
                        order by step_id, started_at, seq limit :limit""".formatted(steps ? "<" : "=", told(scope.place())))
                .params(where(scope.place()))
                .params(told(scope))
                .param("attempt", attempt)
                .param("stepId", position.stepId())
                .param("startedAt", position.startedAt().atOffset(ZoneOffset.UTC))
                .param("after", position.seq())
                .param("noStep", Position.NO_STEP)
                .param("limit", limit)
                .query(SpanStore::mark)
                .list();
    }

    /** Told spans that arrived after one, in order of arrival. */
    public List<SpanMark> arrivedAfter(Scope scope, long seq, int limit) {
        return jdbc.sql(MARK + at(scope.place())
                        + " and attempt in (0, :attempt) and seq > :after and " + told(scope.place()) + " order by seq limit :limit")
                .params(where(scope.place()))
                .params(told(scope))
                .param("attempt", scope.attempt())
                .param("after", seq)
                .param("limit", limit)
                .query(SpanStore::mark)
                .list();
    }

    /**
     * Uploads of one run overtake each other by as long as their sender tries again: what came so much earlier, and was begun later by
     * its own clock, belongs to the latest beginning too. Beyond that clocks of others say nothing.
     */
    private static String told(Place place) {
        return """
                seq <= :latest and (seq >= :beganSeq or started_at >= :beganAt and received_at >=
                    (select received_at from span %s and seq = :beganSeq) - interval '2 minutes')""".formatted(at(place));
    }

    private static Map<String, ?> told(Scope scope) {
        return Map.of(
                "latest", scope.latestSeq(), "beganSeq", scope.beganSeq(), "beganAt", scope.beganAt().atOffset(ZoneOffset.UTC));
    }

    /**
     * The bodies of some of a run's spans, by their ids: each a whole span as JSON. Each is looked up by itself (nothing moves out of a
     * limit): in a long run among short ones the planner would rather go through all of it for each page.
     */
    public Map<String, byte[]> bodies(Place place, Collection<String> spanIds) {
        var bodies = new HashMap<String, byte[]>();
        jdbc.sql("select wanted.span_id, body, blob from unnest(:ids) wanted (span_id) cross join lateral (select body, blob from span "
                        + at(place) + " and span.span_id = wanted.span_id limit 1) found")
                .params(where(place))
                .param("ids", spanIds.toArray(String[]::new))
                .query(row -> {
                    var blob = row.getString("blob");
                    bodies.put(row.getString("span_id"), blob == null ? row.getBytes("body") : content(blob));
                });
        return bodies;
    }

    /** A blob that cannot be read is no reason to show nothing of a run; that it is missing is said in its place. */
    private byte[] content(String blob) {
        try (var content = blobs.open(blob)) {
            return content.readAllBytes();
        } catch (IOException | UncheckedIOException e) {
            log.error("A span's body cannot be read", e);
            var payload = Json.object().put("error", "The content of this span cannot be read: it is not where it was kept.");
            return Json.MAPPER.writeValueAsBytes(Json.object().set("attributes", Json.object().set("hud.payload", payload)));
        }
    }

    /** The day stands in the statement: only so does the planner know that one partition is meant, and go by its index. */
    private static String at(Place place) {
        return "where day = date '" + place.day() + "' and run = :run and team = :team";
    }

    private static Map<String, ?> where(Place place) {
        return Map.of("run", place.run().value(), "team", place.team().value());
    }

    private static SpanMark mark(ResultSet row, int number) throws SQLException {
        var step = row.getInt("step_id");
        return new SpanMark(
                row.getLong("seq"),
                row.getString("span_id"),
                attempt(row),
                row.getString("name"),
                row.getString("schema"),
                step == Position.NO_STEP ? null : step,
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getObject("ended_at", OffsetDateTime.class).toInstant(),
                row.getString("tool"),
                row.getBoolean("failed"),
                row.getInt("size"));
    }

    private static @Nullable Integer attempt(ResultSet row) throws SQLException {
        var attempt = row.getInt("attempt");
        return attempt == NO_ATTEMPT ? null : attempt;
    }
}
