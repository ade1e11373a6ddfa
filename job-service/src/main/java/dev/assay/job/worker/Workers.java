// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/** The workers' table. A worker speaks often; its row is written, or as much as locked, only when there is something new to say. */
@Repository
public class Workers {

    private static final Duration OFTEN_ENOUGH = Duration.ofSeconds(20);
    private static final Duration KEPT = Duration.ofDays(1);

    private final JdbcClient jdbc;

    Workers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Seen(String name, String isolation, Instant at) {}

    /** A worker asks for work. */
    public void asks(String name, String isolation) {
        jdbc.sql("""
                insert into worker (name, isolation, seen_at) select :name, :isolation, now()
                where not exists (select from worker where name = :name and isolation = :isolation and seen_at >= now() - make_interval(secs => :often))
                on conflict (name) do update set isolation = excluded.isolation, seen_at = excluded.seen_at""")
                .param("name", name)
                .param("isolation", isolation)
                .param("often", OFTEN_ENOUGH.toSeconds())
                .update();
    }

    /** A worker whose every slot is taken asks for nothing, but it tells of what it does. */
    public void works(String name) {
        jdbc.sql("update worker set seen_at = now() where name = :name and seen_at < now() - make_interval(secs => :often)")
                .param("name", name)
                .param("often", OFTEN_ENOUGH.toSeconds())
                .update();
    }

    List<Seen> seenWithin(Duration time) {
        return jdbc.sql("select name, isolation, seen_at from worker where seen_at >= now() - make_interval(secs => :time) order by name")
                .param("time", time.toSeconds())
                .query((row, number) ->
                        new Seen(row.getString("name"), row.getString("isolation"), row.getObject("seen_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    /** Each start of a worker may bring a new name. */
    @Scheduled(fixedDelayString = "PT1H")
    void forget() {
        jdbc.sql("delete from worker where seen_at < now() - make_interval(secs => :kept)").param("kept", KEPT.toSeconds()).update();
    }
}
