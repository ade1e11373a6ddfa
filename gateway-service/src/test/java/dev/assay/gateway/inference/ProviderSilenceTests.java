// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.RawProvider;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/** Providers that die, dawdle or never end, with little patience so that a test sees the end of it. */
@GatewayTest
@TestPropertySource(properties = {
    "assay.inference.timeout=3s", "assay.inference.idle=2s", "assay.inference.longest=7s", "assay.inference.largest-answer=1MB"
})
class ProviderSilenceTests {

    private static final String PATH = "/inference/chat/completions";
    private static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    private static final String CHUNK = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"3\"},\"finish_reason\":null}]}\n\n";
    private static final RawProvider PROVIDER = FakeServices.RAW;

    @LocalServerPort
    int port;

    Client member;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "3b241101-e2bb-4255-8caf-4136c566a962", "modelName": "silent", "provider": "raw", "upstreamModel": "m"}""");
        member = new Client(port).ofTeam("waiters");
    }

    @Test
    void ourSignsOfLifeDoNotHideAProviderThatDiedInTheMiddle() {
        PROVIDER.plays(out -> {
            out.write((STREAM + CHUNK).getBytes(StandardCharsets.UTF_8));
            RawProvider.untilHungUp(out, "");
        });
        var stream = member.post(PATH, call(true));
        assertThat(stream.text()).contains(": waiting").contains("said nothing for").doesNotContain("[DONE]");
    }

    @Test
    void aProviderThatOnlySaysThatItLivesIsNotWaitedForForEver() {
        PROVIDER.plays(out -> {
            out.write(STREAM.getBytes(StandardCharsets.UTF_8));
            RawProvider.untilHungUp(out, ": processing\n\n");
        });
        assertThat(member.post(PATH, call(true)).text()).contains("did not begin to answer within").doesNotContain("processing");
        PROVIDER.plays(out -> {
            out.write(STREAM.getBytes(StandardCharsets.UTF_8));
            RawProvider.untilHungUp(out, CHUNK);
        });
        assertThat(member.post(PATH, call(true)).text()).contains("did not end its answer within").doesNotContain("[DONE]");
    }

    @Test
    void aProviderThatNeverAnswersIsNotWaitedForForEver() {
        PROVIDER.plays(out -> RawProvider.untilHungUp(out, ""));
        for (var streamed : new boolean[] {false, true}) {
            var answer = member.post(PATH, call(streamed));
            assertThat(answer.text()).contains(streamed ? "did not begin to answer within" : "did not answer within").doesNotContain("[DONE]");
            assertThat(answer.status()).as("a stream may have shown signs of life").isIn(504, streamed ? 200 : 504);
        }
    }

    @Test
    void aWholeAnswerHasADeadlineToo() {
        PROVIDER.plays(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{".getBytes(StandardCharsets.UTF_8));
            RawProvider.untilHungUp(out, " ");
        });
        assertThat(member.post(PATH, call(false)).status()).isEqualTo(504);
    }

    @Test
    void noAnswerAndNoEventIsTakenThatIsTooLarge() {
        var much = "\"" + "x".repeat(2_000_000);
        PROVIDER.plays(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            RawProvider.untilHungUp(out, much);
        });
        var whole = member.post(PATH, call(false));
        assertThat(whole.status()).isEqualTo(502);
        assertThat(whole.text()).contains("1048576 bytes");
        PROVIDER.plays(out -> {
            out.write((STREAM + CHUNK + "data: ").getBytes(StandardCharsets.UTF_8));
            RawProvider.untilHungUp(out, much);
        });
        assertThat(member.post(PATH, call(true)).text()).contains("1048576 bytes").doesNotContain("[DONE]");
    }

    private static String call(boolean streamed) {
        return "{\"model\": \"silent\", \"stream\": " + streamed + ", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}";
    }
}
