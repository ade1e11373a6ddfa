// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.testsupport.Tokens;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Calls that are recorded with an upstream, and replayed where there is none. */
@GatewayTest
class RecordingTests {

    private static final String CHAT = "/inference/chat/completions";
    private static final String RESPONSES = "/inference/responses";
    private static final String SECRET = "sk-proj-abcdefghijklmnop0123";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    RecordingRows rows;

    @Autowired
    Recordings recordings;

    @Autowired
    MeterRegistry meters;

    private final String name = "r-" + UUID.randomUUID();
    private Client member;
    private String key;
    private TeamId team;
    private final String script = "recorded-" + name;
    private int turn;

    @BeforeEach
    void clean() throws IOException {
        FakeServices.reset();
        key = new Client(port).newKey("recorders " + name, "tester").path("key").asString();
        member = new Client(port).bearer(key);
        team = new TeamId(UUID.fromString(member.get("/v2/auth/me").json().path("team_id").asString()));
        plays("rules: [{when: {contains: secret}, say: 'It is " + SECRET + "'}, {say: 'Hello there, whoever you are'}]");
    }

    private void plays(String yaml) throws IOException {
        var file = FakeServices.SCRIPTS.resolve(script + ".yaml");
        Files.writeString(file, yaml);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(turn++))); // by which it is seen that it is another
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "3b241101-e2bb-4255-8caf-4136c566a962", "modelName": "m", "provider": "scripted", "upstreamModel": "%s"}"""
                .formatted(script));
    }

    /** The model is in no catalog any more, and nobody would answer for it. */
    private void nobodyIsThere() throws IOException {
        Files.delete(FakeServices.SCRIPTS.resolve(script + ".yaml"));
        FakeServices.TRAINING.on("GET /internal/models/resolve", 404, "{}");
        FakeServices.TRAINING.seen.clear();
    }

    private Client as(String mode) {
        return member.with("Authorization", "Bearer " + key, Wanted.HEADER, mode + "=" + name);
    }

    private static String chat(String text, String more) {
        return "{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"" + text + "\"}]" + more + "}";
    }

    private static String said(Client.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().at("/choices/0/message/content").asString("");
    }

    private static String error(Client.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        return answer.json().path("error").path("message").asString("");
    }

    private String file() {
        return file(1);
    }

    /** Once it has so many answers: one is written down after its client has it. */
    private String file(int calls) {
        await().until(() -> jdbc.sql("select calls from recordings where name = :name").param("name", name).query(Integer.class).optional()
                .orElse(0) >= calls);
        return member.get("/v2/recordings/" + name).text();
    }

    private Client.Answer load(String text) {
        return load(member, text);
    }

    private Client.Answer load(Client who, String text) {
        return who.send("PUT", "/v2/recordings/" + name, BodyPublishers.ofString(text), "Content-Type", "application/x-ndjson");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /inference/v1/chat/completions | "messages": [{"role": "user", "content": "hi"}]                    | , "stream": true
            /inference/v1/responses        | "input": "hi"                                                      | , "stream": true
            /inference/v1/messages         | "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]   | , "stream": true
            /inference/v1beta/models/m     | "contents": [{"role": "user", "parts": [{"text": "hi"}]}]          | .""")
    void theSameRequestGetsTheSameBytesWithNobodyThereToAnswer(String path, String body, String streamed) throws IOException {
        var isGemini = path.startsWith("/inference/v1beta");
        var call = isGemini ? "{" + body + "}" : "{\"model\": \"m\", " + body + "}";
        var stream = isGemini ? call : "{\"model\": \"m\", " + body + streamed + "}";
        var whole = isGemini ? path + ":generateContent" : path;
        var asStream = isGemini ? path + ":streamGenerateContent?alt=sse" : path;
        var first = as("record").post(whole, call);
        var second = as("record").post(asStream, stream);
        assertThat(first.status()).as(first.text()).isEqualTo(200);
        assertThat(second.header("content-type")).startsWith("text/event-stream");
        file(2);
        nobodyIsThere();

        var again = as("replay").post(whole, call);
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("content-type")).isEqualTo("application/json");
        assertThat(again.header("x-hud-upstream")).isEqualTo("recording");
        assertThat(again.header("x-hud-cost")).isEqualTo("0");
        var streamedAgain = as("replay").post(asStream, stream);
        assertThat(streamedAgain.text()).isEqualTo(second.text());
        assertThat(streamedAgain.header("content-type")).startsWith("text/event-stream");
        assertThat(FakeServices.TRAINING.seen).isEmpty();
        if (isGemini) {
            var listed = as("replay").post(path + ":streamGenerateContent", stream).json();
            assertThat(listed.valueStream().map(Object::toString).toList()).isEqualTo(second.text().lines()
                    .filter(line -> line.startsWith("data: ")).map(line -> line.substring("data: ".length())).toList());
        }
    }

    @Test
    void whatWasNotRecordedIsAnErrorThatShowsTheNearestAndIsNotTriedAgain() throws IOException {
        said(as("record").post(CHAT, chat("How many r are in strawberry?", "")));
        file();
        nobodyIsThere();

        var refused = as("replay").post(CHAT, chat("How many s are in strawberry?", ""));
        assertThat(error(refused)).contains(name, "/messages/0/content", "\"How many r are", "\"How many s are");
        assertThat(refused.json().at("/error/code").asString()).isEqualTo("not_recorded");
        assertThat(refused.header("x-should-retry")).isEqualTo("false");
        var messages = as("replay").post("/inference/v1/messages", "{\"model\": \"m\", \"max_tokens\": 9, \"messages\": "
                + "[{\"role\": \"user\", \"content\": \"x\"}]}");
        assertThat(error(messages)).contains("/dialect", "chat", "messages");
        assertThat(messages.json().at("/error/type").asString()).isEqualTo("invalid_request_error");
        var gemini = as("replay").post("/inference/v1beta/models/m:generateContent", "{\"contents\": [{\"parts\": [{\"text\": \"x\"}]}]}");
        assertThat(gemini.json().at("/error/status").asString()).isEqualTo("INVALID_ARGUMENT");
        var none = member.with("Authorization", "Bearer " + key, Wanted.HEADER, "replay=none-of-that-name").post(CHAT, chat("x", ""));
        assertThat(error(none)).contains("none-of-that-name");
        assertThat(none.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void whatWasRecordedInTheOtherFormIsTurnedOver() throws IOException {
        as("record").post(CHAT, chat("hi", ", \"stream\": true"));
        file();
        nobodyIsThere();

        assertThat(said(as("replay").post(CHAT, chat("hi", "")))).isEqualTo("Hello there, whoever you are");
    }

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
    void aResponseIsContinuedByTheIdThatItHadWhenItWasRecorded() throws IOException {
        var first = as("record").post(RESPONSES, "{\"model\": \"m\", \"input\": \"one\"}").json().path("id").asString();
        file(1);
        var second = as("record").post(RESPONSES, "{\"model\": \"m\", \"input\": \"two\", \"previous_response_id\": \"" + first + "\"}");
        file(2);
        nobodyIsThere();
        jdbc.sql("delete from kept_responses where team_id = :team").param("team", team.value()).update(); // as on another platform

        var again = as("replay").post(RESPONSES, "{\"model\": \"m\", \"input\": \"one\"}").json().path("id").asString();
        assertThat(again).isEqualTo(first);
        var continued = as("replay").post(RESPONSES, "{\"model\": \"m\", \"input\": \"two\", \"previous_response_id\": \"" + again + "\"}");
        assertThat(continued.text()).isEqualTo(second.text());
        var other = as("replay").post(RESPONSES, "{\"model\": \"m\", \"input\": \"two\", \"previous_response_id\": \"resp_other\"}");
        assertThat(error(other)).contains("/previous_response_id", "resp_other");
    }

    @Test
    void secretsAreInNoRecordingAndTheRequestIsFoundWithoutThem() throws IOException {
        var call = """
                {"model": "m", "messages": [{"role": "system", "content": "The key is %1$s or %2$s."},
                {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "c", "content": "Authorization: Bearer abcdef0123456789 secret"}]%3$s}""";
        var first = as("record").post(CHAT, call.formatted(SECRET, key, ""));
        assertThat(said(first)).contains(SECRET);
        as("record").post(CHAT, call.formatted(SECRET, key, ", \"stream\": true"));
        var file = file(2);
        assertThat(file).contains("The key is «secret» or «secret».", "Bearer «secret»", "It is «secret»")
                .doesNotContain(SECRET).doesNotContain(key).doesNotContain("abcdef0123456789").doesNotContain("abcdefghijkl");
        nobodyIsThere();

        var replayed = as("replay").post(CHAT, call.formatted("sk-proj-of-somebody-else-0123", "AKIAIOSFODNN7EXAMPLE", ""));
        assertThat(said(replayed)).isEqualTo("It is «secret»");
    }

    @Test
    void aRecordingIsAFileThatAnotherTeamLoadsAndItIsTheSameAfterwards() throws IOException {
        said(as("record").post(CHAT, chat("hi", "")));
        as("record").post(CHAT, chat("hi", ", \"stream\": true"));
        as("record").post(CHAT, chat("ho", ""));
        var answer = member.get("/v2/recordings/" + name);
        var file = file(3);
        assertThat(answer.header("content-type")).isEqualTo("application/octet-stream");
        var lines = member.with("Authorization", "Bearer " + key, "Accept", "application/x-ndjson").get("/v2/recordings/" + name);
        assertThat(lines.header("content-type")).isEqualTo("application/x-ndjson");
        assertThat(lines.text()).isEqualTo(answer.text());
        assertThat(answer.header("content-disposition")).contains(name + ".recording.jsonl");
        assertThat(file.lines().skip(1).map(line -> ModelJson.MAPPER.readTree(line).path("key").asString()).toList()).isSorted().hasSize(3);
        nobodyIsThere();

        var other = new Client(port).newKey("other " + name, "tester").path("key").asString();
        var stranger = new Client(port).bearer(other);
        assertThat(stranger.get("/v2/recordings/" + name).status()).isEqualTo(404);
        assertThat(stranger.get("/v2/recordings").json().path("total").asInt()).isZero();
        for (var turn = 0; turn < 2; turn++) {
            var loaded = load(stranger, file);
            assertThat(loaded.status()).as(loaded.text()).isEqualTo(200);
            assertThat(loaded.json().path("calls").asInt()).isEqualTo(3);
            assertThat(stranger.get("/v2/recordings/" + name).text()).isEqualTo(file);
        }
        assertThat(said(stranger.with("Authorization", "Bearer " + other, Wanted.HEADER, "replay=" + name).post(CHAT, chat("ho", ""))))
                .isEqualTo("Hello there, whoever you are");
        assertThat(stranger.delete("/v2/recordings/" + name).status()).isEqualTo(204);
        assertThat(stranger.delete("/v2/recordings/" + name).status()).isEqualTo(404);
        assertThat(member.get("/v2/recordings/" + name).text()).isEqualTo(file);
        assertThat(jdbc.sql("select action from audit where object_id = :name order by id").param("name", name).query(String.class).list())
                .containsExactly("recording.load", "recording.load", "recording.remove");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "n":0               | "n":1                | n: of key
            "n":0               | "n":-1               | line 2: n: must be
            "model":"m"         | "model":"\\u0000"     | line 2: model:
            "ignore":[          | "ignore":["\\u0000",  | line 1: ignore:
            "status":200        | "status":400         | line 2: status:
            "dialect":"chat"    | "dialect":"chatty"   | line 2: dialect: must be one of chat, responses
            "streamed":false    | "streamed":true      | line 2: key:
            "content":"hi"      | "content":"ho"       | line 2: key:
            "key":"             | "key":"0             | line 2: key:
            "type":"application/json" | "type":"text/html" | line 2: type:
            "total_ms":         | "total_ms":"x","y":  | line 2: took:
            "took":             | "tuck":              | line 2: tuck: is not known
            "request":{         | "request":[{         | line 2: is no JSON
            "assay_recording":1 | "assay_recording":2  | line 1: assay_recording:
            "ignore":[          | "ignore":["(",       | line 1: ignore:
            """)
    void aFileThatIsNotRightChangesNothingAndItsLineAndMemberAreNamed(String good, String bad, String said) {
        said(as("record").post(CHAT, chat("hi", "")));
        var file = file();
        assertThat(file).contains(good);
        var refused = load(file.replace(good, bad));
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.detail()).startsWith(said);
        assertThat(member.get("/v2/recordings/" + name).text()).isEqualTo(file);
    }

    @Test
    void aFileIsRefusedThatSaysAnAnswerTwiceOrNothing() {
        said(as("record").post(CHAT, chat("hi", "")));
        var file = file();
        assertThat(load(file + file.lines().skip(1).findFirst().orElseThrow()).detail()).startsWith("line 3: n: stands twice");
        assertThat(load("").detail()).startsWith("line 1:");
        assertThat(load("[]").detail()).startsWith("line 1: must be a JSON object");
        assertThat(member.send("PUT", "/v2/recordings/-x", BodyPublishers.ofString(file)).detail()).startsWith("name:");
    }

    @Test
    void aFileIsRefusedWhoseIdsOrAnswersAreLongerThanAnyThatAreRecorded() {
        var id = as("record").post(RESPONSES, "{\"model\": \"m\", \"input\": \"one\"}").json().path("id").asString();
        var file = file();
        assertThat(load(file.replace(id, "x".repeat(3000))).detail()).startsWith("line 2: answer: must have an id of at most");
        assertThat(load(file.replace("whoever", "o".repeat(Recording.LARGEST))).detail()).startsWith("line 2: answer: must have at most");
    }

    @Test
    void whatTheDatabaseNeverTakesIsLostAtOnce() {
        var recording = rows.findOrMake(team, name, List.of(), Instant.EPOCH).orElseThrow().id();
        var lost = meters.counter("assay.recordings.lost");
        var before = lost.count();
        recordings.keep(recording, name, "job", new RecordedCall("key", 0, "chat", "generate", "\0", false, new byte[0], "", new byte[0],
                null, null, 1, null));
        assertThat(lost.count()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"record", "replay"})
    void aBodyThatIsTooLongIsNotEvenReadAndSoIsAModelThatIsNone(String mode) {
        rows.findOrMake(team, name, List.of(), Instant.EPOCH);
        var refused = as(mode).post(CHAT, chat("hi", ", \"x\": \"" + "x ".repeat(9 << 20) + "\""));
        assertThat(error(refused)).contains("takes bodies of at most");
        assertThat(refused.header("x-should-retry")).isEqualTo("false");
        var named = as(mode).post(CHAT, chat("hi", "").replace("\"m\"", "\"" + "m".repeat(301) + "\""));
        assertThat(named.status()).as(named.text()).isEqualTo(404);
        assertThat(named.text()).contains("longer than 300 characters");
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
    void patternsThatTheFileNamesAreIgnoredFromThenOn() throws IOException {
        assertThat(load("{\"assay_recording\": 1, \"ignore\": [\"Today is [0-9-]+\"]}").status()).isEqualTo(200);
        said(as("record").post(CHAT, chat("Today is 2026-11-26", "")));
        assertThat(file()).contains("«…»").doesNotContain("2026-11-26");
        nobodyIsThere();
        assertThat(said(as("replay").post(CHAT, chat("Today is 2027-01-01", "")))).isNotEmpty();
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
    void errorsAndCallsThatNobodyRecordsAreInNoRecording() throws IOException {
        said(as("record").post(CHAT, chat("hi", "")));
        said(member.post(CHAT, chat("not this", "")));
        plays("rules: [{fail: {status: 429, message: 'Too fast'}}]");
        assertThat(as("record").post(CHAT, chat("refused", "")).status()).isEqualTo(429);
        assertThat(file().lines()).hasSize(2);
        assertThat(file()).doesNotContain("not this").doesNotContain("refused");
    }

    @Test
    void aReplayedCallIsBookedAsTheRecordingsAndCostsNothingWhateverTheBudget() throws IOException {
        said(as("record").post(CHAT, chat("hi", "")));
        file();
        nobodyIsThere();
        assertThat(member.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 0, \"limit_tokens\": 0}").status()).isEqualTo(200);
        said(as("replay").post(CHAT, chat("hi", "")));
        await().ignoreExceptions().untilAsserted(() -> {
            var usage = member.get("/v2/usage?by=upstream").json().path("items").valueStream()
                    .filter(one -> one.path("upstream").asString("").equals("recording")).findFirst().orElseThrow();
            assertThat(usage.path("calls").asInt()).isEqualTo(1);
            assertThat(usage.path("input_tokens").asInt()).isPositive();
            assertThat(usage.path("cost_usd").decimalValue()).isZero();
            assertThat(usage.path("unpriced_calls").asInt()).isZero();
        });
    }

    @Test
    void answersThatAreWrittenDownAtTheSameTimeEachGetANumberAndAllAreCounted() {
        var recording = rows.findOrMake(team, name, List.of(), Instant.EPOCH).orElseThrow().id();
        assertThat(IntStream.range(0, 24).parallel().mapToObj(at -> rows.add(recording, "job", answer("a"), Instant.EPOCH)))
                .containsOnly(true);
        assertThat(rows.page(recording, "", -1, 100)).extracting(RecordedCall::n)
                .containsExactlyElementsOf(IntStream.range(0, 24).boxed().toList());
        rows.add(recording, "another job", answer("b"), Instant.EPOCH);
        var row = rows.find(team, name).orElseThrow();
        assertThat(row.calls()).isEqualTo(1);
        assertThat(row.bytes()).isEqualTo(answer("b").bytes());
        assertThat(rows.findOrMake(team, name, List.of("x"), Instant.EPOCH).orElseThrow().ignore()).isEmpty();
    }

    private static RecordedCall answer(String text) {
        return new RecordedCall("key", 0, "chat", "generate", "m", false, "{}".getBytes(StandardCharsets.UTF_8), "",
                text.getBytes(StandardCharsets.UTF_8), null, null, 1, null);
    }

    @Test
    void theSpanOfARecordedCallHoldsRequestAndAnswer() {
        said(of(run(job("record"))).post(CHAT, chat("to be told whole", "")));
        await().untilAsserted(() -> assertThat(FakeServices.TRACE.seen).anySatisfy(seen -> assertThat(seen.text())
                .contains("to be told whole", "\\\"content\\\":\\\"Hello there, whoever you are\\\"", "\"name\":\"" + name + "\"")));
    }

    @Test
    void aFullRecordingTakesNoCallAndSaysSo() {
        said(as("record").post(CHAT, chat("hi", "")));
        file();
        jdbc.sql("update recordings set calls = :calls where name = :name")
                .param("calls", RecordingRows.MOST_CALLS)
                .param("name", name)
                .update();
        var refused = as("record").post(CHAT, chat("one too many", ""));
        assertThat(error(refused)).contains("full");
        assertThat(refused.json().at("/error/code").asString()).isEqualTo("recording_full");
    }

    @ParameterizedTest
    @ValueSource(strings = {"play=x", "record", "replay=", "replay=../x", "record=a/b"})
    void aHeaderThatSaysNothingIsRefused(String header) {
        assertThat(error(member.with("Authorization", "Bearer " + key, Wanted.HEADER, header).post(CHAT, chat("hi", ""))))
                .startsWith("x-assay-recording: must be record=<name> or replay=<name>");
    }

    private UUID job(String mode) {
        var job = UUID.randomUUID();
        assertThat(member.send("PUT", "/v2/recordings/" + name + "/jobs/" + job, BodyPublishers.ofString("{\"mode\": \"" + mode + "\"}"),
                "Content-Type", "application/json").status()).isEqualTo(200);
        return job;
    }

    private UUID run(UUID job) {
        var run = UUID.randomUUID();
        FakeServices.JOB.on("GET /internal/runs/" + run + "/place", 200, "{\"team\": \"" + team + "\", \"job\": \"" + job + "\"}");
        return run;
    }

    private Client of(UUID run) {
        return member.with("Authorization", "Bearer " + key, "Trace-Id", run.toString());
    }

}
