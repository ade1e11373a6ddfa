// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.testsupport.Tokens;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@RunningJobService
class WaitingRunsTests {

    @Autowired
    Calls calls;

    @Autowired
    WaitingRuns waiting;

    @Autowired
    JdbcClient jdbc;

    final TeamId team = TeamId.random();
    final UUID job = UUID.randomUUID();

    @BeforeEach
    void nobodyWorks() {
        jdbc.sql("delete from worker").update();
    }

    @Test
    void aQueuedRunAndItsJobSayWhatTheyWaitForAndOneThatIsHeldUntilWhen() {
        var run = calls.submit(team, job);
        assertThat(waits(run)).isEqualTo("no_worker");
        worker("docker", "working");
        assertThat(waits(run)).isEqualTo("no_runtime");
        worker("process", "draining");
        assertThat(waits(run)).isEqualTo("closed");
        worker("process", "working");
        assertThat(waits(run)).isEqualTo("turn");
        calls.post(team, "/v2/jobs/" + job + "/pause", "").expect(200);
        assertThat(waits(run)).isEqualTo("paused");
        calls.post(team, "/v2/jobs/" + job + "/resume", "").expect(200);
        assertThat(calls.trace(team, run).body().path("deadline").isNull()).isTrue();

        calls.lease("w").expect(200);

        assertThat(waits(run)).isEmpty();
        var held = calls.get(team, "/v2/workers").expect(200).body().path("items").get(0).path("runs").get(0);
        assertThat(calls.trace(team, run).text("deadline")).isNotEmpty().isEqualTo(held.path("deadline").asString());
        var next = calls.submit(team, job);
        assertThat(waits(next)).isEqualTo("no_place");
        jdbc.sql("update run set not_before = now() + interval '1 hour' where id = :id").param("id", calls.submit(team, job).value()).update();
        calls.as(Tokens.member(team), "PATCH", "/v2/jobs/" + job, "{\"max_concurrent\": 1}").expect(200);
        assertThat(waits(next)).isEqualTo("job_limit");
    }

    private void worker(String runtime, String state) {
        var told = """
                {"state": "%s", "version": "1", "isolation": "none", "kinds": ["%s"], "capacity": {"runs": 1, "sessions": 1, "cpus": 4, "memoryMb": 16000, "gpus": 0},
                 "holds": {"runs": 0, "sessions": 0, "builds": 0}, "spans": {"waitingBytes": 0, "lost": 0}, "folders": {}}""".formatted(state, runtime);
        jdbc.sql("""
                insert into worker (name, isolation, seen_at, told, cpus, memory_mb, gpus) values ('worker/w', 'none', now(), :told, 4, 16000, 0)
                on conflict (name) do update set told = excluded.told""").param("told", told).update();
    }

    private String waits(RunId run) {
        waiting.forget();
        var because = calls.trace(team, run).body().path("waiting_because").path("reason").asString("");
        assertThat(calls.get(team, "/v2/jobs/" + job).expect(200).body().path("waiting_because").path("reason").asString("")).isEqualTo(because);
        return because;
    }
}
