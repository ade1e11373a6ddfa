// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.assay.contracts.internal.WorkerReport;
import dev.assay.job.run.Waiting.Places;
import dev.assay.job.run.Waiting.Worker;
import dev.assay.kit.cache.Caches;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The workers that are here, as those see them who give work out: what they have, and what they hold. */
@Repository
class PresentWorkers {

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Rooms rooms;
    private final LoadingCache<Boolean, List<Optional<WorkerReport>>> reports = Caches.builder().expireAfterWrite(FRESH).build(any -> readReports());

    PresentWorkers(JdbcClient jdbc, JsonMapper json, Rooms rooms) {
        this.jdbc = jdbc;
        this.json = json;
        this.rooms = rooms;
    }

    /** @param most {@link Room#ANY}: it does not tell */
    private record Row(String name, boolean draining, int runs, int sessions, Room most, Optional<WorkerReport> told) {}

    List<Worker> all() {
        var rows = jdbc.sql(
                        """
                        select name, told, draining, cpus, memory_mb, gpus, coalesce(runs, 0) as runs, coalesce(sessions, 0) as sessions from worker
                        left join (select worker as holder, count(*) as runs from run where state = 'held' group by worker) as held on held.holder = name
                        left join (select worker as holder, count(*) as sessions from session where state = 'held' group by worker) as open
                            on open.holder = name
                        where seen_at >= now() - make_interval(secs => :here) order by name
                        """)
                .param("here", Rooms.HERE.toSeconds())
                .query((row, number) -> new Row(
                        row.getString("name"), row.getBoolean("draining"), row.getInt("runs"), row.getInt("sessions"), most(row),
                        told(row)))
                .list();
        var left = rooms.of(rows.stream().map(Row::name).toList());
        return rows.stream().map(row -> worker(row, left.getOrDefault(row.name(), Room.ANY))).toList();
    }

    /** What each of them tells, as it was a second ago at most: it is asked for with each of a taskset's runs. */
    List<Optional<WorkerReport>> reports() {
        return reports.get(true);
    }

    private List<Optional<WorkerReport>> readReports() {
        return jdbc.sql("select told from worker where seen_at >= now() - make_interval(secs => :here) order by name")
                .param("here", Rooms.HERE.toSeconds())
                .query((row, number) -> told(row))
                .list();
    }

    /** Empty: it has told nothing yet, or what only a later release can read. */
    private Optional<WorkerReport> told(ResultSet row) throws SQLException {
        try {
            return Optional.ofNullable(row.getString("told")).map(text -> json.readValue(text, WorkerReport.class));
        } catch (JacksonException unreadable) {
            return Optional.empty();
        }
    }

    private static Room most(ResultSet row) throws SQLException {
        return row.getObject("cpus") == null
                ? Room.ANY
                : new Room(row.getDouble("cpus"), row.getDouble("cpus"), row.getLong("memory_mb"), row.getInt("gpus"));
    }

    private static Worker worker(Row row, Room left) {
        return row.told()
                .map(told -> new Worker(
                        row.name(), Set.copyOf(told.kinds()), closed(row, told), new Places(told.capacity().runs(), row.runs()),
                        new Places(told.capacity().sessions(), row.sessions()), row.most(), left))
                .orElseGet(() -> new Worker(
                        row.name(), null, closed(row, null), new Places(null, row.runs()), new Places(null, row.sessions()), row.most(), left));
    }

    private static @Nullable String closed(Row row, @Nullable WorkerReport told) {
        if (told == null || told.takesWork()) {
            return row.draining() ? "draining" : null;
        }
        return told.state() + (told.reason() == null ? "" : " (" + told.reason() + ")");
    }
}
