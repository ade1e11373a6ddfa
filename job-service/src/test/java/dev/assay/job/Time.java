// SPDX-License-Identifier: Apache-2.0

package dev.assay.job;

import dev.assay.testsupport.SettableClock;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Lets time pass. Leases go by the database's clock, which is the real one: so what is in the database grows older instead. The clock of
 * the process goes on by as much.
 */
@Component
public class Time {

    private final JdbcClient jdbc;
    private final SettableClock clock;

    Time(JdbcClient jdbc, SettableClock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** One after the other: rows are made older in no order. */
    public synchronized void pass(Duration time) {
        age("run", "id", time, "lease_expires_at", "deadline", "ends_by", "last_activity", "created_at", "started_at", "ended_at");
        age("session", "id", time, "lease_expires_at", "deadline", "seen_at", "created_at", "closed_at", "due_at");
        age("worker", "name", time, "seen_at");
        age("passed_over", "id", time, "since");
        clock.advance(time);
    }

    /** Rows are locked in one order: whoever else ages them at the same moment does not wait in a circle. */
    private void age(String table, String key, Duration time, String... columns) {
        var set = new StringBuilder();
        for (var column : columns) {
            set.append(set.isEmpty() ? "" : ", ").append(column).append(" = ").append(column).append(" - make_interval(secs => :time)");
        }
        var locked = "(select %1$s as locked from %2$s order by %1$s for update) as locked where %1$s = locked".formatted(key, table);
        jdbc.sql("update " + table + " set " + set + " from " + locked).param("time", time.toMillis() / 1000.0).update();
    }
}
