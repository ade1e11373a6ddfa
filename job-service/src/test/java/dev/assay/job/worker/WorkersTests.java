// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.Time;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@RunningJobService
class WorkersTests {

    @Autowired
    Calls calls;

    @Autowired
    Time time;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Workers workers;

    final TeamId team = TeamId.random();

    @BeforeEach
    void nobodyWorks() {
        jdbc.sql("delete from worker").update();
    }

    @Test
    void whoAsksForWorkIsSeenWithWhatKeepsItsSandboxesIn() {
        asks("walled", "\"bubblewrap\"");
        asks("open", "\"none\"");
        asks("silent", "null");

        var seen = calls.get(team, "/v2/workers").expect(200).body().path("items");

        assertThat(seen).extracting(worker -> worker.path("name").asString() + " " + worker.path("isolation").asString())
                .containsExactly("worker/open none", "worker/silent unknown", "worker/walled bubblewrap");
        assertThat(seen.get(0).path("seen_at").asString()).isNotEmpty();
    }

    @Test
    void whoIsNotHeardOfIsNotShownAndInTheEndForgotten() {
        asks("w", "\"none\"");
        time.pass(Duration.ofMinutes(2));
        assertThat(calls.get(team, "/v2/workers").expect(200).body().path("items")).isEmpty();
        workers.forget();
        assertThat(rows()).containsExactly("worker/w");
        time.pass(Duration.ofDays(1));
        workers.forget();
        assertThat(rows()).isEmpty();
    }

    @Test
    void aWorkerThatIsBusyIsStillThere() {
        calls.submit(team, UUID.randomUUID());
        var lease = asks("busy", "\"none\"").expect(200);
        time.pass(Duration.ofSeconds(10));
        renew(lease);
        for (var tens = 0; tens < 12; tens++) {
            time.pass(Duration.ofSeconds(10));
            renew(lease);
        }
        assertThat(calls.get(team, "/v2/workers").expect(200).body().path("items")).hasSize(1);
    }

    private void renew(Calls.Reply lease) {
        calls.renew(RunId.parse(lease.text("run")), "busy", 1, "running").expect(200);
        workers.write();
    }

    private Calls.Reply asks(String name, String isolation) {
        return calls.work(name, "/internal/leases", "{\"free\": 1, \"waitMillis\": 0, \"isolation\": %s}".formatted(isolation)).first();
    }

    private List<String> rows() {
        return jdbc.sql("select name from worker").query(String.class).list();
    }
}
