// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.testsupport.Tokens;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs and keys whose calls are recorded or replayed. */
class RecordedJobTests extends WithRecordings {

    @Test
    void theAnswersToOneRequestAreGivenInTurnAndEachJobBeginsAnew() throws IOException {
        plays("rules: [{every: 3, say: third}, {every: 2, say: second}, {say: first}]");
        var recorded = job("record");
        var answers = new ArrayList<String>();
        for (var turn = 0; turn < 3; turn++) {
            answers.add(said(of(run(recorded)).post(CHAT, chat("hi", ""))));
        }
        assertThat(answers).doesNotHaveDuplicates();
        file(3);
        nobodyIsThere();

        for (var again = 0; again < 2; again++) {
            var replayed = job("replay");
            var runs = IntStream.range(0, 3).mapToObj(at -> run(replayed)).toList();
            assertThat(runs.parallelStream().map(run -> said(of(run).post(CHAT, chat("hi", "")))).toList())
                    .containsExactlyInAnyOrderElementsOf(answers);
            assertThat(said(of(runs.getFirst()).post(CHAT, chat("hi", "")))).isEqualTo(answers.getFirst()); // from the beginning again
        }
    }

    @Test
    void aJobThatRecordsAnewReplacesWhatAnEarlierOneRecordedOfTheSameRequests() throws IOException {
        said(of(run(job("record"))).post(CHAT, chat("hi", "")));
        said(of(run(job("record"))).post(CHAT, chat("only in the first", "")));
        plays("rules: [{say: another}]");
        file(2);
        var second = job("record");
        said(of(run(second)).post(CHAT, chat("hi", "")));
        said(of(run(second)).post(CHAT, chat("hi", "")));
        file(3);
        assertThat(file(3).lines().filter(line -> line.contains("another"))).hasSize(2);
        assertThat(file(3).lines().filter(line -> line.contains("whoever you are"))).hasSize(1);
    }

    @Test
    void aRunThatStaysUnknownGoesOnAsNobodysWhileJobsAreRecordedAlone() {
        var job = job("record");
        said(of(UUID.randomUUID()).post(CHAT, chat("of a client that tells of no run", "")));
        said(of(run(job)).post(CHAT, chat("of the job", "")));
        assertThat(file()).contains("of the job").doesNotContain("of a client");
    }

    @Test
    void aRunThatNobodyKnowsYetIsNotLetPassWhileAJobIsReplayed() throws IOException {
        said(as("record").post(CHAT, chat("hi", "")));
        file();
        var job = job("replay");
        var run = UUID.randomUUID();
        var refused = of(run).post(CHAT, chat("hi", ""));
        assertThat(refused.status()).as(refused.text()).isEqualTo(503);
        assertThat(refused.text()).contains(run.toString());
        assertThat(refused.header("retry-after")).isNotNull();
        nobodyIsThere();
        FakeServices.JOB.on("GET /internal/runs/" + run + "/place", 200, "{\"team\": \"" + team + "\", \"job\": \"" + job + "\"}");
        said(of(run).post(CHAT, chat("hi", ""))); // although it was unknown a moment ago
    }

    @Test
    void theCallsOfARunFollowItsJobWhateverTheirKey() throws IOException {
        var job = job("record");
        var run = run(job);
        var runKey = Tokens.runKey(new RunKey(team, new RunId(run), 1, "m"), Instant.parse("2999-01-01T00:00:00Z"));
        var hosted = new Client(port).bearer(runKey);
        FakeServices.JOB.on("GET /internal/runs/" + run + "/live", 200, "{\"live\": true, \"latest\": true}");
        said(hosted.post(CHAT, chat("hi", "")));
        said(of(run).post(CHAT, chat("ho", "")));
        file(2);
        nobodyIsThere();
        assertThat(member.send("PUT", "/v2/recordings/" + name + "/jobs/" + job, BodyPublishers.ofString("{\"mode\": \"replay\"}"),
                "Content-Type", "application/json").status()).isEqualTo(200);
        said(hosted.post(CHAT, chat("ho", "")));
        assertThat(error(hosted.post(CHAT, chat("new", "")))).contains("has no answer to this request");

        var jobs = "/v2/recorded-jobs?recording=" + name;
        assertThat(member.get(jobs).json().path("items").valueStream()).singleElement().satisfies(one -> {
            assertThat(one.path("job_id").asString()).isEqualTo(job.toString());
            assertThat(one.path("mode").asString()).isEqualTo("replay");
        });
        assertThat(member.get("/v2/recorded-jobs?job=" + job).json().at("/items/0/recording").asString()).isEqualTo(name);
        assertThat(member.get("/v2/recorded-jobs?job=" + UUID.randomUUID()).json().path("items")).isEmpty();
        assertThat(member.get("/v2/recorded-jobs?job=x").detail()).startsWith("job: ");
        assertThat(new Client(port).ofTeam("others " + name).get(jobs).json().path("items")).isEmpty();

        assertThat(member.delete("/v2/recordings/" + name + "/jobs/" + job).status()).isEqualTo(204);
        assertThat(member.delete("/v2/recordings/" + name + "/jobs/" + job).status()).isEqualTo(404);
        assertThat(hosted.post(CHAT, chat("ho", "")).status()).isEqualTo(404); // the catalog is asked again
        var decided = hosted.with("Authorization", "Bearer " + runKey, Wanted.HEADER, "replay=" + name).post(CHAT, chat("ho", ""));
        assertThat(decided.status()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"enter", "submit"})
    void aJobThatIsBegunWithAKeyOfARecordingBelongsToIt(String way) {
        var made = member.post("/v2/keys", "{\"name\": \"ci\", \"recording\": {\"name\": \"" + name + "\", \"mode\": \"record\"}}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        var ci = new Client(port).bearer(made.json().path("key").asString());
        var job = UUID.randomUUID();
        if (way.equals("enter")) {
            assertThat(ci.post("/v2/trace/job/" + job.toString().replace("-", "") + "/enter", "{\"name\": \"x\"}").status()).isEqualTo(200);
        } else {
            assertThat(ci.post("/v2/rollouts/submit", "{\"job_id\": \"" + job + "\", \"env\": \"é\"}").status()).isEqualTo(200);
            assertThat(FakeServices.JOB.last().text()).isEqualTo("{\"job_id\": \"" + job + "\", \"env\": \"é\"}");
            job = UUID.randomUUID();
            var longer = "\"x\": {\"job_id\": 1, \"y\": \"" + "y".repeat(5 << 20) + "\"}";
            assertThat(ci.post("/v2/rollouts/submit", "{\"job_id\": \"" + job + "\", " + longer + "}").status()).isEqualTo(200);
            var hidden = ci.post("/v2/rollouts/submit", "{" + longer + ", \"job_id\": \"" + job + "\"}");
            assertThat(hidden.status()).isEqualTo(413);
            assertThat(hidden.detail()).contains("name job_id within");
        }
        said(of(run(job)).post(CHAT, chat("by the job", "")));
        said(ci.post(CHAT, chat("by the key", "")));
        assertThat(file(2)).contains("by the job", "by the key");
        assertThat(jdbc.sql("select distinct scope from recorded_calls c join recordings r on r.id = c.recording_id where r.name = :name")
                .param("name", name).query(String.class).list()).containsExactly("job " + job);
    }

    @Test
    void theSpanOfARecordedCallHoldsRequestAndAnswer() {
        said(of(run(job("record"))).post(CHAT, chat("to be told whole", "")));
        await().untilAsserted(() -> assertThat(FakeServices.TRACE.seen).anySatisfy(seen -> assertThat(seen.text())
                .contains("to be told whole", "\\\"content\\\":\\\"Hello there, whoever you are\\\"", "\"name\":\"" + name + "\"")));
    }
}
