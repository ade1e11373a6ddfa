// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import dev.assay.contracts.internal.WorkerReport;
import dev.assay.job.run.Rooms;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** The workers' table. A worker speaks often; what is only that it is still there is written down now and then, for all at once. */
@Repository
public class Workers {

    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final Duration OFTEN_ENOUGH = Duration.ofSeconds(20);
    private static final Duration KEPT = Duration.ofDays(1);

    private final JdbcClient jdbc;
    private final Map<String, String> known = new ConcurrentHashMap<>();
    private final Set<String> heard = ConcurrentHashMap.newKeySet();
    private final Map<String, WorkerReport> told = new ConcurrentHashMap<>();
    private final JsonMapper json;
    private final ReentrantLock writing = new ReentrantLock();

    /** Null until it was read for the first time. */
    private volatile @Nullable Set<String> draining;

    Workers(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** @param told null: a worker of an earlier release, which tells nothing of itself */
    record Seen(String name, String isolation, Instant at, boolean draining, @Nullable WorkerReport told) {}

    /**
     * What a worker tells of itself. The first word, and the last, are written down at once, others soon.
     *
     * @return whether it is to be drained
     */
    boolean reports(String name, WorkerReport report) {
        told.put(name, report);
        if (report.state().equals("stopping") || !report.isolation().equals(known.put(name, report.isolation()))) {
            writeTold();
        }
        var known = draining;
        return (known != null ? known : drained()).contains(name);
    }

    /** All that was told since, in one statement, in one order. One writes at a time: what was told later stands. */
    @Scheduled(fixedDelayString = "PT5S")
    void writeTold() {
        writing.lock();
        try {
            var now = Map.copyOf(told);
            if (!now.isEmpty()) {
                now.forEach(told::remove);
                writeOrKeep(now);
            }
        } finally {
            writing.unlock();
        }
    }

    private void writeOrKeep(Map<String, WorkerReport> now) {
        try {
            write(now);
        } catch (DataIntegrityViolationException e) {
            now.forEach(this::writeAlone);
        } catch (RuntimeException e) {
            now.forEach(told::putIfAbsent);
            throw e;
        }
    }

    /** What the database does not take of one worker costs no other's. */
    private void writeAlone(String name, WorkerReport report) {
        try {
            write(Map.of(name, report));
        } catch (DataIntegrityViolationException e) {
            LOG.warn("what worker '{}' tells of itself cannot be kept: {}", name, e.toString());
        }
    }

    private void write(Map<String, WorkerReport> now) {
        var names = now.keySet().stream().sorted().toList();
        jdbc.sql("""
                insert into worker (name, isolation, seen_at, told, cpus, memory_mb, gpus)
                select name, isolation, now(), told, cpus, memory_mb, gpus
                from unnest(:names::text[], :isolations::text[], :told::text[], :cpus::float8[], :memory::bigint[], :gpus::integer[])
                    as word (name, isolation, told, cpus, memory_mb, gpus)
                on conflict (name) do update
                    set isolation = excluded.isolation, seen_at = excluded.seen_at, told = excluded.told,
                        cpus = excluded.cpus, memory_mb = excluded.memory_mb, gpus = excluded.gpus""")
                .param("names", names.toArray(String[]::new))
                .param("isolations", names.stream().map(name -> now.get(name).isolation()).toArray(String[]::new))
                .param("cpus", names.stream().map(name -> now.get(name).capacity().cpus()).toArray(Double[]::new))
                .param("memory", names.stream().map(name -> now.get(name).capacity().memoryMb()).toArray(Long[]::new))
                .param("gpus", names.stream().map(name -> now.get(name).capacity().gpus()).toArray(Integer[]::new))
                .param("told", names.stream().map(name -> json.writeValueAsString(now.get(name))).toArray(String[]::new))
                .update();
    }

    /** Each replica hears within moments of what was told another. */
    @Scheduled(fixedDelayString = "PT2S")
    void readDraining() {
        draining = drained();
    }

    private Set<String> drained() {
        return Set.copyOf(jdbc.sql("select name from worker where draining").query(String.class).list());
    }

    /** @return false: there is no such worker */
    boolean drain(String name, boolean drain) {
        var known = jdbc.sql("update worker set draining = :drain where name = :name")
                .param("drain", drain)
                .param("name", name)
                .update() > 0;
        readDraining();
        return known;
    }

    /** A worker asks for work. Who is new here, or says something new, is written down at once. */
    public void asks(String name, String isolation) {
        if (!isolation.equals(known.put(name, isolation))) {
            jdbc.sql("""
                    insert into worker (name, isolation, seen_at) values (:name, :isolation, now())
                    on conflict (name) do update set isolation = excluded.isolation, seen_at = excluded.seen_at""")
                    .param("name", name)
                    .param("isolation", isolation)
                    .update();
        } else {
            heard.add(name);
        }
    }

    /** A worker whose every slot is taken asks for nothing, but it tells of what it does. */
    public void works(String name) {
        heard.add(name);
    }

    /** All that were heard of since in one statement, in one order. */
    @Scheduled(fixedDelayString = "PT10S")
    void write() {
        var names = heard.toArray(String[]::new);
        heard.removeAll(Set.of(names));
        if (names.length > 0) {
            jdbc.sql("""
                    update worker set seen_at = now() where name in (
                        select name from worker where name = any(:names::text[]) and seen_at < now() - make_interval(secs => :often)
                        order by name for update)""")
                    .param("names", names)
                    .param("often", OFTEN_ENOUGH.toSeconds())
                    .update();
        }
    }

    List<Seen> here() {
        return jdbc.sql("""
                select name, isolation, seen_at, draining, told from worker
                where seen_at >= now() - make_interval(secs => :here) order by name""")
                .param("here", Rooms.HERE.toSeconds())
                .query((row, number) -> new Seen(
                        row.getString("name"),
                        row.getString("isolation"),
                        row.getObject("seen_at", OffsetDateTime.class).toInstant(),
                        row.getBoolean("draining"),
                        row.getString("told") == null ? null : json.readValue(row.getString("told"), WorkerReport.class)))
                .list();
    }

    /** Each start of a worker may bring a new name. One that is drained stays so, however long it is away. */
    @Scheduled(fixedDelayString = "PT1H")
    void forget() {
        known.clear(); // who is still there says so again
        jdbc.sql("delete from worker where seen_at < now() - make_interval(secs => :kept) and not draining")
                .param("kept", KEPT.toSeconds())
                .update();
    }
}
