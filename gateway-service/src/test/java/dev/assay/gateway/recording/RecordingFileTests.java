// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.dialect.ModelJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Recordings as files, told and loaded. */
class RecordingFileTests extends WithRecordings {

    @Autowired
    RecordingSnapshots snapshots;

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
    void patternsThatTheFileNamesAreIgnoredFromThenOn() throws IOException {
        assertThat(load("{\"assay_recording\": 1, \"ignore\": [\"Today is [0-9-]+\"]}").status()).isEqualTo(200);
        said(as("record").post(CHAT, chat("Today is 2026-11-26", "")));
        assertThat(file()).contains("«…»").doesNotContain("2026-11-26");
        nobodyIsThere();
        assertThat(said(as("replay").post(CHAT, chat("Today is 2027-01-01", "")))).isNotEmpty();
    }

    private String recordedOften() {
        for (var number = 0; number < 9; number++) {
            said(as("record").post(CHAT, chat("hi " + number, "")));
        }
        return file(9);
    }

    @Test
    void aFileIsOfOneMomentAlthoughAnotherIsLoadedWhileItIsWritten() throws IOException {
        var before = recordedOften();
        var after = before.replace("Hello there", "Another hello");
        var written = new ByteArrayOutputStream() {
            private boolean loaded;

            @Override
            public void write(byte[] bytes) throws IOException {
                if (!loaded) {
                    loaded = true;
                    assertThat(load(after).status()).isEqualTo(200);
                }
                super.write(bytes);
            }
        };
        assertThat(snapshots.write(team, name, written)).isTrue();
        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo(before);
        assertThat(member.get("/v2/recordings/" + name).text()).isEqualTo(after);
    }

    @Test
    void whoeverReadsWhileFilesAreLoadedGetsOneOfThemWhole() throws Exception {
        var one = recordedOften();
        var files = List.of(one, one.replace("Hello there", "Another hello"));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var loads = threads.submit(() -> {
                for (var turn = 1; turn <= 12; turn++) {
                    assertThat(load(files.get(turn % 2)).status()).isEqualTo(200);
                }
                return true;
            });
            var read = 0;
            do {
                assertThat(member.get("/v2/recordings/" + name).text()).isIn(files);
                read++;
            } while (!loads.isDone());
            assertThat(loads.get()).isTrue();
            assertThat(read).isGreaterThan(1);
        }
    }
}
