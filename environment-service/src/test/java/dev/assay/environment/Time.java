// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import dev.assay.testsupport.SettableClock;
import java.time.Duration;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Lets time pass. Leases and grants go by the database's clock, which is the real one: so what is in the database grows older instead. The
 * clock of the process goes on by as much.
 */
public final class Time {

    private final JdbcClient jdbc;
    private final SettableClock clock;

    Time(JdbcClient jdbc, SettableClock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    public void pass(Duration time) {
        age("builds", time, "created_at", "started_at", "finished_at", "lease_until");
        age("uploads", time, "expires_at");
        clock.advance(time);
    }

    private void age(String table, Duration time, String... columns) {
        var aged = "%1$s = %1$s - make_interval(secs => :time)";
        var set = String.join(", ", Stream.of(columns).map(aged::formatted).toList());
        jdbc.sql("update " + table + " set " + set).param("time", time.toMillis() / 1000.0).update();
    }
}
