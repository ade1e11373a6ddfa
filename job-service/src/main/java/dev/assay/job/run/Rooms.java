// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What workers have, and what runs ask for of it. */
@Repository
public class Rooms {

    /** A worker that was heard of within that time is here. */
    public static final Duration HERE = Duration.ofSeconds(90);

    private final JdbcClient jdbc;

    Rooms(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Written once. */
    public void save(RunId run, Needs needs) {
        if (!needs.equals(Needs.NONE)) {
            jdbc.sql("insert into run_need (run_id, cpus, memory_mb, gpus) values (:run, :cpus, :memory, :gpus) on conflict do nothing")
                    .param("run", run.value())
                    .param("cpus", needs.cpus())
                    .param("memory", needs.memoryMb())
                    .param("gpus", needs.gpus())
                    .update();
        }
    }

    /** Of those that ask for anything. */
    Map<RunId, Needs> needsOf(Collection<RunId> runs) {
        var found = new HashMap<RunId, Needs>();
        jdbc.sql("select run_id, cpus, memory_mb, gpus from run_need where run_id = any(:runs::uuid[])")
                .param("runs", runs.stream().map(RunId::value).toArray(UUID[]::new))
                .query(row -> {
                    found.put(new RunId(row.getObject("run_id", UUID.class)), Needs.read(row));
                });
        return found;
    }

    /** What is left beside the runs and the sessions that they hold, of those that tell what they have. */
    Map<String, Room> of(Collection<String> workers) {
        var found = new HashMap<String, Room>();
        jdbc.sql(
                        """
                        select worker.name, worker.cpus, worker.memory_mb, worker.gpus, sum(least(coalesce(need.cpus, 0), worker.cpus)) as used_cpus,
                            coalesce(sum(need.memory_mb), 0) as used_memory, coalesce(sum(need.gpus), 0) as used_gpus
                        from worker
                        left join (
                            select run.worker, run_need.cpus, run_need.memory_mb, run_need.gpus
                            from run join run_need on run_need.run_id = run.id where run.state = 'held'
                            union all
                            select worker, cpus, memory_mb, gpus from session where state = 'held'
                        ) as need on need.worker = worker.name
                        where worker.name = any(:workers::text[]) and worker.cpus is not null
                        group by worker.name
                        """)
                .param("workers", workers.toArray(String[]::new))
                .query(row -> {
                    found.put(row.getString("name"), new Room(
                            row.getDouble("cpus") - row.getDouble("used_cpus"),
                            row.getDouble("cpus"),
                            row.getLong("memory_mb") - row.getLong("used_memory"),
                            row.getInt("gpus") - row.getInt("used_gpus")));
                });
        return found;
    }

    private record Largest(@Nullable Long memoryMb, @Nullable Integer gpus, boolean fits) {}

    /**
     * Why none of the workers that are here could ever hold such a run: the field, and the reason. Empty if one could, or if nobody is here
     * who tells: it waits for whoever comes.
     */
    public Optional<String> refusal(Needs needs) {
        if (needs.memoryMb() == 0 && needs.gpus() == 0) {
            return Optional.empty(); // fewer processors only make it slower
        }
        var largest = jdbc.sql(
                        """
                        select max(memory_mb) as memory_mb, max(gpus) as gpus,
                            coalesce(bool_or(cpus is null or memory_mb >= :memory and gpus >= :gpus), true) as fits
                        from worker where seen_at >= now() - make_interval(secs => :here)
                        """)
                .param("memory", needs.memoryMb())
                .param("gpus", needs.gpus())
                .param("here", HERE.toSeconds())
                .query((row, number) -> new Largest(
                        row.getObject("memory_mb", Long.class), row.getObject("gpus", Integer.class), row.getBoolean("fits")))
                .single();
        if (largest.fits() || largest.memoryMb() == null || largest.gpus() == null) {
            return Optional.empty();
        }
        if (needs.memoryMb() > largest.memoryMb()) {
            return Optional.of("resources.memory_mb: no worker that is here has " + needs.memoryMb() + ", the largest has " + largest.memoryMb());
        }
        if (needs.gpus() > largest.gpus()) {
            return Optional.of("resources.gpu.count: no worker that is here has " + needs.gpus() + ", the most that one has is " + largest.gpus());
        }
        return Optional.of("resources: no worker that is here has both " + needs.memoryMb() + " MiB of memory and " + needs.gpus()
                + " graphics processors");
    }
}
