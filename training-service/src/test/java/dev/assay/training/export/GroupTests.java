// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.testsupport.Tokens;
import dev.assay.training.call.NeighboursStandIn;
import dev.assay.training.call.WithNeighbours;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class GroupTests extends WithNeighbours {

    private static final String SAMPLES = "[{\"prompt_token_ids\": [1, 2], \"output_token_ids\": [3], \"output_logprobs\": [-0.5]}]";
    private static final String LONG_AGO = "\"end_time\": \"2026-11-01T00:00:00Z\"";

    private final HttpClient http = HttpClient.newHttpClient();
    private final TeamId team = TeamId.random();
    private final JobId job = new JobId(UUID.randomUUID());

    private String run(RunId id, String group, String members) {
        return "{\"id\": \"" + id + "\", \"attempt\": 1, \"task_slug\": \"t\", \"group_id\": \"" + group + "\", " + members + "}";
    }

    private String sampled(RunId id, String group, double reward, boolean whole) {
        sampledBy(id, whole);
        return run(id, group, "\"status\": \"completed\", \"reward\": " + reward + ", \"end_time\": \"2999-01-01T00:00:00Z\"");
    }

    private void sampledBy(RunId id, boolean whole) {
        NeighboursStandIn.record(team, samplesOf(id),
                "{\"samples\": " + SAMPLES + ", \"turns\": 1, \"graded\": " + whole + "}");
    }

    private static String samplesOf(RunId id) {
        return "/internal/runs/" + id + "/samples";
    }

    private String finishedGroups() {
        return "/internal/jobs/" + job + "/finished-groups";
    }

    private static String group(long number, String... runs) {
        return "{\"number\": " + number + ", \"runs\": [" + String.join(", ", runs) + "]}";
    }

    private void finished(long left, String... groups) {
        NeighboursStandIn.record(team, finishedGroups(),
                "{\"items\": [" + String.join(", ", groups) + "], \"size\": 2, \"left\": " + left + "}");
    }

    private HttpResponse<String> get(String query) throws IOException, InterruptedException {
        return http.send(request(query), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest request(String query) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/jobs/" + job + "/export/groups?" + query))
                .header("Authorization", Tokens.member(team))
                .build();
    }

    private JsonNode groups(String query) throws IOException, InterruptedException {
        var answer = get(query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Recorded.JSON.readTree(answer.body());
    }

    @Test
    void aGroupIsOneRecordWithWhateverBecameOfItsRuns() throws Exception {
        var good = new RunId(UUID.randomUUID());
        var failed = new RunId(UUID.randomUUID());
        var others = new RunId(UUID.randomUUID());
        finished(3,
                group(4, sampled(good, "g", 1, true),
                        run(failed, "g", "\"status\": \"error\", \"error\": \"no key\", \"failure_kind\": \"model\", " + LONG_AGO)),
                group(7, sampled(others, "h", 0.25, true), sampled(new RunId(UUID.randomUUID()), "h", 0.75, true)));

        var told = groups("format=slime");

        assertThat(told.get("next").longValue()).isEqualTo(7);
        assertThat(told.get("left").longValue()).isEqualTo(3);
        var first = told.at("/items/0");
        assertThat(first.get("number").longValue()).isEqualTo(4);
        assertThat(first.get("group_id").stringValue()).isEqualTo("g");
        assertThat(first.get("asked").intValue()).isEqualTo(2);
        assertThat(first.at("/runs/0/rows/0/tokens").toString()).isEqualTo("[1,2,3]");
        assertThat(first.at("/runs/0/rows/0/rollout_log_probs").toString()).isEqualTo("[-0.5]");
        assertThat(first.at("/runs/0/left_out").isNull()).isTrue();
        assertThat(first.at("/runs/1/rows")).isEmpty();
        assertThat(first.at("/runs/1/run_id").stringValue()).isEqualTo(failed.toString());
        assertThat(first.at("/runs/1/left_out").stringValue()).isEqualTo("it has no valid grade: no key");
        assertThat(first.at("/runs/1/failure_kind").stringValue()).isEqualTo("model");
        var second = told.at("/items/1");
        assertThat(second.at("/runs/0/advantage").doubleValue()).isEqualTo(-0.25);
        assertThat(second.at("/runs/0/rows/0/group_index").intValue()).isEqualTo(7);
        assertThat(second.at("/runs/1/rows/0/index").intValue()).as("no two rows have the same").isEqualTo(13);
    }

    @Test
    void aGroupOfWhichStepsAreStillOnTheirWayIsWaitedForAndNotPassedBy() throws Exception {
        var late = new RunId(UUID.randomUUID());
        finished(0, group(1, sampled(new RunId(UUID.randomUUID()), "g", 1, true)), group(2, sampled(late, "h", 1, false)),
                group(3, sampled(new RunId(UUID.randomUUID()), "i", 1, true)));
        var told = groups("format=tinker");
        assertThat(told.get("items")).hasSize(1);
        assertThat(told.get("next").longValue()).isEqualTo(1);
        assertThat(told.get("left").longValue()).isEqualTo(2);

        finished(0, group(2, sampled(late, "h", 1, false)));
        assertThat(groups("format=tinker&after=1").get("items")).isEmpty();
        sampledBy(late, true);
        assertThat(groups("format=tinker&after=1").at("/items/0/runs/0/rows")).hasSize(1);
    }

    @Test
    void whoWaitsIsToldWhenThereIsAGroup() throws Exception {
        finished(1);
        var waiting = http.sendAsync(request("format=tinker&wait_s=60"), HttpResponse.BodyHandlers.ofString());
        await().until(() -> NeighboursStandIn.looks(team, finishedGroups()) > 0);
        finished(0, group(1, sampled(new RunId(UUID.randomUUID()), "g", 1, true)));
        assertThat(Recorded.JSON.readTree(waiting.get().body()).get("items")).hasSize(1);
    }

    @Test
    void whileARunIsStillArrivingTheOthersOfItsGroupAreNotReadAgain() throws Exception {
        var early = new RunId(UUID.randomUUID());
        var late = new RunId(UUID.randomUUID());
        finished(0, group(1, sampled(early, "g", 1, true), sampled(late, "g", 0, false)));
        var waiting = http.sendAsync(request("format=tinker&wait_s=60"), HttpResponse.BodyHandlers.ofString());
        await().until(() -> NeighboursStandIn.looks(team, samplesOf(late)) > 2);
        assertThat(NeighboursStandIn.looks(team, samplesOf(early))).isEqualTo(1);
        sampledBy(late, true);
        assertThat(Recorded.JSON.readTree(waiting.get().body()).at("/items/0/runs")).hasSize(2)
                .allSatisfy(run -> assertThat(run.get("rows")).hasSize(1));
    }

    @Test
    void anAnswerThatBreaksOffDoesNotLookWhole() throws Exception {
        var lost = new RunId(UUID.randomUUID());
        finished(0, group(1, sampled(new RunId(UUID.randomUUID()), "g", 1, true)), group(2, sampled(lost, "h", 1, true)));
        NeighboursStandIn.fail(team, "/internal/runs/" + lost + "/samples");
        assertThatThrownBy(() -> {
            var answer = get("format=tinker");
            assertThat(answer.statusCode()).isEqualTo(503);
            throw new IOException("nothing had gone out");
        }).isInstanceOf(IOException.class);
    }

    @Test
    void whatCannotBeAskedForIsRefusedByItsName() throws Exception {
        assertThat(get("format=slime").statusCode()).as("no such job").isEqualTo(404);
        finished(0);
        for (var wrong : new String[] {
            "format=dpo|format: must be one whose rows are made of one run", "format=slime&after=-1|after: ",
            "format=slime&limit=65|limit: ",
            "format=slime&wait_s=61|wait_s: ", "format=slime&group_size=0|group_size: ", "format=parquet|format: must be tinker"
        }) {
            var parts = wrong.split("\\|");
            var answer = get(parts[0]);
            assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
            assertThat(answer.body()).contains(parts[1]);
        }
    }
}
