// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/** The workers' table. A worker speaks often; what is only that it is still there is written down now and then, for all at once. */
@Repository
public class Workers {

    private static final Duration OFTEN_ENOUGH = Duration.ofSeconds(20);
    private static final Duration KEPT = Duration.ofDays(1);

    private final JdbcClient jdbc;
    private final Map<String, String> known = new ConcurrentHashMap<>();
    private final Set<String> heard = ConcurrentHashMap.newKeySet();

    Workers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Seen(String name, String isolation, Instant at) {}

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
        known.clear(); // who is still there says so again
        jdbc.sql("delete from worker where seen_at < now() - make_interval(secs => :kept)").param("kept", KEPT.toSeconds()).update();
    }
}
