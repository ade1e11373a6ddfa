// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class S23ManyConversationsTests {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int TURNS = 10;

    private final Platform platform = Platform.withModels();
    private final Api api = platform.api(platform.keyOf("s23"));

    @Test
    void twoConversationsThroughOneServerStayApartAndEachIsAJobThatGrows() throws IOException {
        var hud = new Hud().source("chat").against(platform.url(), platform.keyOf("s23"));
        try (var server = hud.startPython("server.py", "claude-sonnet-4-6")) {
            var port = Integer.parseInt(server.waitFor("listening at (\\d+)", Duration.ofMinutes(1)).group(1));
            try (var one = new Conversation(port, "one"); var other = new Conversation(port, "other")) {
                assertThat(one.send("My name is Grace.")).isEqualTo("Good day, Grace.");
                assertThat(other.send("My name is Linus.")).isEqualTo("Good day, Linus.");
                for (var turn = 2; turn <= TURNS; turn++) {
                    assertThat(one.send("What is my name?")).isEqualTo("You are Grace.");
                    assertThat(runs(one.job)).hasSize(turn);
                    assertThat(other.send("What is my name?")).isEqualTo("You are Linus.");
                    assertThat(runs(other.job)).hasSize(turn);
                }
                assertThat(one.job).isNotEqualTo(other.job);
                for (var conversation : List.of(one, other)) {
                    assertThat(runs(conversation.job)).allSatisfy(run -> {
                        assertThat(run.get("status").stringValue()).isEqualTo("completed");
                        assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
                    });
                }
            }
        }
        assertThat(StandIn.shared().asked("My name is Grace")).hasSize(TURNS).noneMatch(call -> call.toString().contains("Linus"));
        assertThat(StandIn.shared().asked("My name is Linus")).hasSize(TURNS).noneMatch(call -> call.toString().contains("Grace"));
    }

    private List<JsonNode> runs(String job) {
        return api.get("/v2/jobs/" + job + "/traces?limit=50").expect(200).body().get("items").valueStream().toList();
    }

    /** One context of the server's. */
    private static final class Conversation implements AutoCloseable {

        private final String context;
        private final Socket socket;
        private final BufferedReader answers;
        private String job = "";

        Conversation(int port, String context) throws IOException {
            this.context = context;
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        String send(String text) throws IOException {
            var line = JSON.writeValueAsString(Map.of("context", context, "text", text)) + "\n";
            socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
            var answer = JSON.readTree(answers.readLine());
            assertThat(answer.get("job").stringValue()).isIn(job.isEmpty() ? answer.get("job").stringValue() : job);
            job = answer.get("job").stringValue();
            return answer.get("said").stringValue();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
