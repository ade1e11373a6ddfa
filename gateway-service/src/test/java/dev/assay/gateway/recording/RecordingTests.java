// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** Calls that are recorded with an upstream, and replayed where there is none. */
class RecordingTests extends WithRecordings {

    @Autowired
    Keeping keeping;

    @Autowired
    TransactionTemplate transactions;

    @Autowired
    MeterRegistry meters;

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
    void whatTheDatabaseNeverTakesIsLostAtOnce() {
        var recording = rows.findOrMake(team, name, List.of(), Instant.EPOCH).orElseThrow().id();
        var lost = meters.counter("assay.recordings.lost");
        var before = lost.count();
        keeping.keep(recording, name, "job", new RecordedCall("key", 0, "chat", "generate", "\0", false, new byte[0], "", new byte[0],
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

    @ParameterizedTest
    @ValueSource(strings = {"", ", \"stream\": true"})
    void whoeverHasAllOfItsAnswerFindsItInTheRecording(String streamed) {
        for (var number = 1; number <= 20; number++) {
            assertThat(as("record").post(CHAT, chat("hi " + number, streamed)).status()).isEqualTo(200);
            assertThat(rows.find(team, name).orElseThrow().calls()).isEqualTo(number);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", \"stream\": true"})
    void aReplayMayBeAskedToKeepTheRecordedPaceAndOtherwiseIsAtOnce(String streamed) {
        var first = as("record").post(CHAT, chat("hi", streamed));
        var slow = file().replaceAll("\"took\":\\{[^}]*}", "\"took\":{\"first_ms\":1,\"total_ms\":600000}");
        assertThat(load(slow).status()).isEqualTo(200);
        assertThat(as("replay").post(CHAT, chat("hi", streamed)).text()).isEqualTo(first.text());
        var paced = paced("recorded", "1").post(CHAT, chat("hi", streamed));
        assertThat(paced.text()).as("it takes ten minutes, and its client waits for a second")
                .contains("did not end before the deadline").doesNotContain("[DONE]");
        assertThat(paced.status()).isEqualTo(streamed.isEmpty() ? 504 : 200);

        assertThat(load(slow.replace("600000", "2")).status()).isEqualTo(200);
        assertThat(paced("recorded", "60").post(CHAT, chat("hi", streamed)).text()).isEqualTo(first.text());
        assertThat(error(paced("slow", "60").post(CHAT, chat("hi", streamed)))).startsWith("x-assay-recording-pace: must be");
    }

    @Test
    void whileAFileIsLoadedIntoItNobodyWaitsForARecordingAndTheAnswerIsInItAfterwards() {
        var recording = rows.findOrMake(team, name, List.of(), Instant.EPOCH).orElseThrow().id();
        transactions.executeWithoutResult(loading -> {
            rows.clear(recording, List.of()); // whose row it has until it ends
            said(as("record").post(CHAT, chat("hi", "")));
        });
        assertThat(file()).contains("hi");
    }

    private Client paced(String word, String seconds) {
        return member.with(
                "Authorization", "Bearer " + key, Wanted.HEADER, "replay=" + name, Pace.HEADER, word, "X-Request-Timeout", seconds);
    }
}
