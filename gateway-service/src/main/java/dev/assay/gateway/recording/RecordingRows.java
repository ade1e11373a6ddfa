// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.contracts.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Recordings in the database. Whatever the name, a team finds its own. */
@Repository
class RecordingRows {

    /** What a recording may hold. */
    static final int MOST_CALLS = 20_000;
    static final long MOST_BYTES = 256L << 20;
    /** How many recordings a team may have. */
    static final int MOST_RECORDINGS = 1000;

    private static final String CALL =
            "key, n, dialect, operation, model, streamed, request, turns, answer, response_id, first_ms, total_ms, usage";

    private final JdbcClient jdbc;

    RecordingRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Row(UUID id, String name, List<String> ignore, long calls, long bytes, Instant createdAt, Instant updatedAt) {

        boolean isFull() {
            return calls >= MOST_CALLS || bytes >= MOST_BYTES;
        }
    }

    List<Row> of(TeamId team) {
        return jdbc.sql("select * from recordings where team_id = :team order by name")
                .param("team", team.value())
                .query(RecordingRows::row)
                .list();
    }

    Optional<Row> find(TeamId team, String name) {
        return jdbc.sql("select * from recordings where team_id = :team and name = :name")
                .param("team", team.value())
                .param("name", name)
                .query(RecordingRows::row)
                .optional();
    }

    /** Empty: it is not there, and the team has as many as it may. */
    Optional<Row> findOrMake(TeamId team, String name, List<String> ignore, Instant now) {
        var found = find(team, name);
        if (found.isPresent()) {
            return found;
        }
        jdbc.sql("""
                        insert into recordings (id, team_id, name, ignore, created_at, updated_at)
                        select :id, :team, :name, :ignore, :now, :now where (select count(*) from recordings where team_id = :team) < :most
                        on conflict do nothing
                        """)
                .param("id", UUID.randomUUID())
                .param("team", team.value())
                .param("name", name)
                .param("ignore", ignore.toArray(String[]::new))
                .param("now", Timestamp.from(now))
                .param("most", MOST_RECORDINGS)
                .update();
        return find(team, name);
    }

    boolean delete(TeamId team, String name) {
        return jdbc.sql("delete from recordings where team_id = :team and name = :name")
                        .param("team", team.value())
                        .param("name", name)
                        .update()
                > 0;
    }

    /**
     * Adds an answer behind those that the same scope has recorded to the same request; in place of those that another had.
     *
     * @return false: there is no room for it, or the recording is there no more
     */
    @Transactional
    public boolean add(UUID recording, String scope, RecordedCall call, Instant now) {
        // whoever loads a file into it has its row for long, and no connection waits for that
        jdbc.sql("set local lock_timeout = '200ms'").update();
        var room = jdbc.sql("select calls < :calls and bytes + :more <= :bytes from recordings where id = :recording for no key update")
                .param("calls", MOST_CALLS)
                .param("more", call.bytes())
                .param("bytes", MOST_BYTES)
                .param("recording", recording)
                .query(Boolean.class)
                .optional();
        if (!room.orElse(false)) {
            return false;
        }
        jdbc.sql("""
                        with gone as (
                            delete from recorded_calls where recording_id = :recording and key = :key and scope <> :scope
                            returning octet_length(request)::bigint + octet_length(answer) as bytes)
                        update recordings set updated_at = :now,
                            calls = calls + 1 - (select count(*) from gone),
                            bytes = bytes + :more - (select coalesce(sum(bytes), 0) from gone)
                        where id = :recording
                        """)
                .param("recording", recording)
                .param("key", call.key())
                .param("scope", scope)
                .param("more", call.bytes())
                .param("now", Timestamp.from(now))
                .update();
        var n = jdbc.sql("select count(*) from recorded_calls where recording_id = :recording and key = :key")
                .param("recording", recording)
                .param("key", call.key())
                .query(Integer.class)
                .single();
        insert(recording, scope, n, call);
        return true;
    }

    /** All that a recording holds from now on, in place of what it held; its answers are counted anew. */
    void clear(UUID recording, List<String> ignore) {
        jdbc.sql("update recordings set ignore = :ignore where id = :recording") // which holds off whoever adds to it
                .param("ignore", ignore.toArray(String[]::new))
                .param("recording", recording)
                .update();
        jdbc.sql("delete from recorded_calls where recording_id = :recording").param("recording", recording).update();
        jdbc.sql("delete from replays where recording_id = :recording").param("recording", recording).update();
    }

    void insert(UUID recording, String scope, int n, RecordedCall call) {
        jdbc.sql("insert into recorded_calls (recording_id, scope, " + CALL + """
                        ) values (:recording, :scope, :key, :n, :dialect, :operation, :model, :streamed, :request, :turns, :answer,
                        :response, :first, :total, :usage)
                        """)
                .param("recording", recording)
                .param("scope", scope)
                .param("key", call.key())
                .param("n", n)
                .param("dialect", call.dialect())
                .param("operation", call.operation())
                .param("model", call.model())
                .param("streamed", call.streamed())
                .param("request", call.request())
                .param("turns", call.turns())
                .param("answer", call.answer())
                .param("response", call.responseId())
                .param("first", call.firstMs())
                .param("total", call.totalMs())
                .param("usage", call.usage())
                .update();
    }

    /** Counts what a recording holds. */
    void count(UUID recording, Instant now) {
        jdbc.sql("""
                        update recordings set updated_at = :now, (calls, bytes) = (
                            select count(*), coalesce(sum(octet_length(request)::bigint + octet_length(answer)), 0)
                            from recorded_calls where recording_id = :recording)
                        where id = :recording
                        """)
                .param("now", Timestamp.from(now))
                .param("recording", recording)
                .update();
    }

    /** The answer whose turn it is, of those to one request; the first again behind the last. Empty: there is none. */
    Optional<RecordedCall> next(UUID recording, String scope, String key, Instant now) {
        return jdbc.sql("""
                        with all_of as (
                            select count(*) as answers from recorded_calls where recording_id = :recording and key = :key),
                        counted as (
                            insert into replays (recording_id, scope, key, asked, at)
                            select :recording, :scope, :key, 1, :now from all_of where answers > 0
                            on conflict (recording_id, scope, key) do update set asked = replays.asked + 1, at = excluded.at
                            returning asked)
                        """ + "select " + CALL + """
                         from recorded_calls, all_of, counted
                        where recording_id = :recording and key = :key and n = (asked - 1) % answers
                        """)
                .param("recording", recording)
                .param("scope", scope)
                .param("key", key)
                .param("now", Timestamp.from(now))
                .query(RecordedCall.class)
                .optional();
    }

    /** Which request a response answers, and how: its key and number, the same wherever the recording is. */
    Optional<String> answered(UUID recording, String responseId) {
        return jdbc.sql("""
                        select key || ' ' || n from recorded_calls where recording_id = :recording and response_id = :response
                        order by key, n limit 1
                        """)
                .param("recording", recording)
                .param("response", responseId)
                .query(String.class)
                .optional();
    }

    List<Nearest.Short> shorts(UUID recording) {
        return jdbc.sql("""
                        select key, dialect, operation, model, streamed, left(turns, 2000) as turns from recorded_calls
                        where recording_id = :recording and n = 0 order by key
                        """)
                .param("recording", recording)
                .query(Nearest.Short.class)
                .list();
    }

    Optional<byte[]> request(UUID recording, String key) {
        return jdbc.sql("select request from recorded_calls where recording_id = :recording and key = :key and n = 0")
                .param("recording", recording)
                .param("key", key)
                .query(byte[].class)
                .optional();
    }

    /** In the order of files, behind one. @param key of the last that is known; empty: none is */
    List<RecordedCall> page(UUID recording, String key, int n, int most) {
        return jdbc.sql("select " + CALL + """
                         from recorded_calls where recording_id = :recording and (key, n) > (:key, :n) order by key, n limit :most
                        """)
                .param("recording", recording)
                .param("key", key)
                .param("n", n)
                .param("most", most)
                .query(RecordedCall.class)
                .list();
    }

    /** Forgets how often was replayed what nobody asked for since. */
    int sweep(Instant before) {
        return jdbc.sql("delete from replays where at < :before").param("before", Timestamp.from(before)).update();
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getObject("id", UUID.class),
                row.getString("name"),
                List.of((String[]) row.getArray("ignore").getArray()),
                row.getLong("calls"),
                row.getLong("bytes"),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("updated_at").toInstant());
    }
}
