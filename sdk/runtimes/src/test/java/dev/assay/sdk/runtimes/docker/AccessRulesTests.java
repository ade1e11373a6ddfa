// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assay.sdk.runtimes.docker.SeenServices.Seen;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a project may ask of its engine, byte by byte. */
class AccessRulesTests {

    private static final String MAIN = "a".repeat(64);
    private static final String WORD = "b".repeat(64);
    private static final String RELAY = "c".repeat(64);
    private static final String COMMAND = "d".repeat(64);

    private final SeenServices services = new SeenServices("project");

    AccessRulesTests() {
        services.add(new Seen("main", MAIN, RELAY, "assay-1", "acme/main", new ContainerOutput(new CompletableFuture<>())));
        services.add(new Seen("word", WORD, "", "assay-1-s-word", "acme/word", new ContainerOutput(new CompletableFuture<>())));
    }

    private AccessWish wish(String what) throws AccessRefused, IOException {
        return wish(what, "");
    }

    private AccessWish wish(String what, String body) throws AccessRefused, IOException {
        var request = what + " HTTP/1.1\r\nHost: docker\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        return AccessRules.wish(AccessRequest.read(bytes(request)), services, COMMAND::equals);
    }

    private static ByteArrayInputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private void refuses(int status, String what, String body) {
        assertThatExceptionOfType(AccessRefused.class).as(what).isThrownBy(() -> wish(what, body)).satisfies(e -> assertThat(e.status()).isEqualTo(status));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "POST /containers/create", "POST /v1.41/containers/create?name=x", "POST /build", "POST /images/create?fromImage=x", "GET /images/json",
        "POST /volumes/create", "POST /networks/create", "POST /networks/n/connect", "GET /info", "GET /events", "GET /system/df", "POST /auth", "GET /secrets",
        "POST /swarm/init", "POST /plugins/pull", "POST /session", "POST /grpc", "POST /commit?container=word", "DELETE /containers/word", "PUT /containers/word/archive?path=/",
        "POST /containers/word/update", "POST /containers/word/rename?name=x", "POST /containers/word/attach?stream=1", "POST /containers/word/copy",
        "GET /containers/word/export", "POST /containers/prune", "GET /containers/word", "GET /containers", "GET /containers/word/json/json", "POST /containers/word/json",
    })
    void whateverIsNotOnTheListIsRefused(String what) {
        refuses(403, what, "{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "GET /v1.41/../containers/json", "GET /containers/word/../../info", "GET /containers/%2e%2e/json", "GET /containers/word%2Fjson", "GET //containers/json",
        "GET /containers//json", "GET /containers/json/", "GET http://docker/containers/json", "GET /v1.41/v1.41/..", "GET /containers/word/json#x",
        "GET /containers/wörd/json", "GET /containers/word\t/json", "GET /./info", "get /_ping", "GET ", "CONNECT docker:80", "GET /containers/json HTTP/1.1",
    })
    void aPathHasOneSpelling(String what) {
        refuses(400, what, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /containers/eeee/json", "GET /containers/bbb/json", "POST /containers/other/start", "POST /exec/eeee/start", "GET /exec/b/json"})
    void whatIsNotOfTheProjectIsNotThere(String what) {
        refuses(404, what, "{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST /containers/main/exec", "POST /containers/aaaa/stop", "POST /containers/cccccccccccc/kill", "GET /containers/main/archive?path=/etc",
        "GET /containers/main/logs?stdout=1"})
    void whoeverAsksLeavesTheEnvironmentItselfAlone(String what) {
        refuses(403, what, "{\"Cmd\": [\"id\"]}");
    }

    @Test
    void aContainerIsFoundByItsServiceItsNameAndItsIdAndTheEnvironmentByItsHostsName() throws Exception {
        for (var reference : List.of("word", "assay-1-s-word", WORD, "bbbb")) {
            assertThat(wish("GET /v1.41/containers/" + reference + "/json")).isEqualTo(new AccessWish.Inspection(services.find("word")));
        }
        assertThat(wish("GET /containers/" + RELAY.substring(0, 12) + "/json")).isEqualTo(new AccessWish.Inspection(services.find("main")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            HEAD /containers/word/archive?path=/a%20b%26c=%2F.. | HEAD /containers/ID/archive?path=%2Fa+b%26c%3D%2F..
            GET /v1.47/containers/word/archive?path=/x&copy=0   | GET /v1.47/containers/ID/archive?path=%2Fx
            """)
    void theEngineIsAskedInWordsThatArePutTogetherAnew(String what, String asked) throws Exception {
        var words = asked.replace("ID", WORD).split(" ");
        assertThat(wish(what)).isEqualTo(new AccessWish.Asking(words[0], words[1]));
        var word = services.find("word");
        assertThat(wish("POST /v1.41/containers/word/stop?t=3&signal=SIGINT"))
                .isEqualTo(new AccessWish.Acting(word, "/v1.41/containers/" + WORD + "/stop?t=3&signal=SIGINT"));
        assertThat(wish("POST /containers/bbbb/start")).isEqualTo(new AccessWish.Acting(word, "/containers/" + WORD + "/start"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "POST /containers/word/stop?t=1%0d%0aX:1", "POST /containers/word/kill?signal=9%26x", "POST /containers/word/start?checkpoint=x", "POST /containers/word/stop?t=1&t=2",
        "GET /containers/word/archive?path=etc", "GET /containers/word/archive", "GET /containers/word/archive?path=/%00", "GET /containers/word/logs?stdout=1&follow=1",
        "GET /containers/word/logs", "GET /containers/json?filters=[", "GET /containers/json?filters={%22volume%22:[%22x%22]}", "GET /containers/word/archive?path=%zz",
        "GET /containers/word/json?size=1", "POST /containers/word/stop?t=61", "POST /containers/word/stop?t=-1",
    })
    void aQuestionThatIsNotUnderstoodIsRefused(String what) {
        refuses(400, what, "");
    }

    @Test
    void ofACommandOnlyWhatOneMayChooseGoesOn() throws Exception {
        var command = (AccessWish.Command) wish("POST /containers/word/exec", """
                {"Cmd": ["sh", "-c", "id"], "Env": ["A=1"], "User": "root", "WorkingDir": "/tmp", "Tty": false, "AttachStdout": true, "Privileged": false,
                 "ConsoleSize": [1, 2], "DetachKeys": "a"}""");
        assertThat(command.command().toString()).isEqualTo("{\"Cmd\":[\"sh\",\"-c\",\"id\"],\"Env\":[\"A=1\"],\"WorkingDir\":\"/tmp\",\"User\":\"root\","
                + "\"Tty\":false,\"AttachStdin\":false,\"AttachStdout\":true,\"AttachStderr\":false}");
        refuses(403, "POST /containers/word/exec", "{\"Cmd\": [\"id\"], \"Privileged\": true}");
        refuses(403, "POST /containers/word/exec", "{\"Cmd\": [\"id\"], \"Capabilities\": [\"ALL\"]}");
        refuses(400, "POST /containers/word/exec", "{\"Cmd\": \"id\"}");
        refuses(400, "POST /containers/word/exec", "{\"Cmd\": [1]}");
        refuses(400, "POST /containers/word/exec", "[]");
        refuses(400, "POST /containers/word/exec", "{\"Cmd\": [\"id\"], \"WorkingDir\": \"/proc/self/fd/7\"}");
        refuses(413, "POST /containers/word/exec", "{\"Cmd\": [\"" + "x".repeat(200_000) + "\"]}");
        refuses(400, "POST /containers/word/exec", "{\"Cmd\": [");
    }

    @Test
    void theStreamsOfACommandAreHadWithOrWithoutAnotherProtocol() throws Exception {
        assertThat(wish("POST /exec/" + COMMAND + "/start", "{\"Tty\": true}")).isEqualTo(new AccessWish.Starting("", COMMAND, true, false, false));
        var detached = (AccessWish.Starting) wish("POST /v1.41/exec/" + COMMAND + "/start", "{\"Detach\": true, \"more\": 1}");
        assertThat(detached.path() + " " + detached.body()).isEqualTo("/v1.41/exec/" + COMMAND + "/start {\"Detach\":true,\"Tty\":false}");
    }

    @Test
    void aNameGoesBeforeTheBeginningOfAnIdAndWhatTwoBeginWithIsNone() throws Exception {
        services.add(new Seen("bbbb", "e".repeat(64), "", "assay-1-s-bbbb", "acme/more", new ContainerOutput(new CompletableFuture<>())));
        assertThat(services.find("bbbb").id()).startsWith("e");
        services.add(new Seen("last", "eeee" + "f".repeat(60), "", "assay-1-s-last", "acme/more", new ContainerOutput(new CompletableFuture<>())));
        refuses(404, "GET /containers/eeee/json", "");
        assertThat(services.find("eeeef").service()).isEqualTo("last");
    }

    @Test
    void whatAnEngineHasToKeepForAProjectHasAnEnd() throws Exception {
        var commands = new PreparedCommands();
        for (int i = 0; i < 64; i++) {
            commands.require(10);
            commands.add("command " + i);
        }
        assertThatExceptionOfType(AccessRefused.class).isThrownBy(() -> commands.require(10)).withMessage("64 commands were made and not started");
        commands.start("command 7");
        assertThat(commands.has("command 7")).isTrue();
        commands.require(10);
        assertThatExceptionOfType(AccessRefused.class).isThrownBy(() -> commands.require(16 << 20)).withMessageContaining("bytes are run for one project");
    }

    @Test
    void filtersAreReadInBothOfTheirForms() throws Exception {
        var older = wish("GET /containers/json?filters=%7B%22label%22%3A%7B%22a%3D1%22%3Atrue%2C%22b%22%3Afalse%7D%7D&limit=-1&size=0&trunc_cmd=0");
        assertThat(older).isEqualTo(new AccessWish.Listing(false, 0, Map.of("label", List.of("a=1"))));
        assertThat(wish("GET /containers/json?all=1&filters={%22name%22:[%22w%22]}")).isEqualTo(new AccessWish.Listing(true, 0, Map.of("name", List.of("w"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Transfer-Encoding: chunked", "Content-Length: 5\r\nContent-Length: 0", "Content-Length: -1", "Content-Length: 99999999", "Content-Length: 0x1", " folded: 1",
        "no colon", "Content-Length : 5", "a: b\nc: d", "a: b\rc: d", "a: \0",
    })
    void lengthsThatTwoMightReadDifferentlyAreRefused(String header) {
        assertThatExceptionOfType(AccessRefused.class)
                .isThrownBy(() -> AccessRequest.read(bytes("POST /containers/word/start HTTP/1.1\r\n" + header + "\r\n\r\n0\r\n\r\n")));
    }

    /** Patterns that try again and again would take hours for one of these, or all of a thread's stack. */
    @Test
    void whatIsMadeToTakeLongTakesNoTime() {
        for (var request : List.of(
                "GET /_ping HTTP/1.1\r\na:" + " ".repeat(30_000) + "\nx\r\n\r\n", "GET /_ping HTTP/1.1\r\na:" + " ".repeat(30_000) + "\r\nx\r\n\r\n",
                "GET " + "/a".repeat(3_000) + "? HTTP/1.1\r\n\r\n", "GET " + "/a".repeat(16_000) + " HTTP/1.1\r\n\r\n", "GET /" + ".".repeat(8_000) + " HTTP/1.1\r\n\r\n")) {
            assertThatExceptionOfType(AccessRefused.class)
                    .isThrownBy(() -> AccessRules.wish(AccessRequest.read(bytes(request)), services, COMMAND::equals));
        }
    }

    @Test
    void whatComesAfterARequestIsNotRead() throws Exception {
        var in = bytes("POST /exec/x/start HTTP/1.1\r\nContent-Length: 2\r\nUpgrade: tcp\r\n\r\n{}GET /info HTTP/1.1\r\n\r\n");
        assertThat(AccessRequest.read(in).upgrades()).isTrue();
        assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).startsWith("GET /info");
        assertThat(AccessRequest.read(bytes(""))).isNull();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> AccessRequest.read(bytes("GET /_ping HTTP/1.1\r\nHost")));
        assertThatExceptionOfType(AccessRefused.class).isThrownBy(() -> AccessRequest.read(bytes("GET /" + "x".repeat(40_000))));
    }
}
