// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.TeamId;
import dev.assay.kit.deadletter.DeadLetters;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.TestPlatformInitializer;
import dev.assay.testsupport.Tokens;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
        classes = GradingService.class,
        properties = "spring.config.name=grading-service",
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = {TestPlatformInitializer.class, FakeJobService.class})
class DeadLetterTests {

    private static final String LETTERS = "/v2/admin/grading-service/dead-letters";

    @LocalServerPort
    private int port;

    @Autowired
    private JsonMapper json;

    @Autowired
    private DeadLetters letters;

    @Autowired
    private MeterRegistry meters;

    private final String queue = "queue-" + UUID.randomUUID();
    private final TeamId team = TeamId.random();

    @Test
    void aLetterIsCountedListedAndRead() {
        var id = letters.put(queue, "run-1", team, "{\"a\": \"ж\"}", "too large\0");

        assertThat(meters.counter(DeadLetters.COUNTER, "queue", queue).count()).isEqualTo(1);
        var item = get(LETTERS + "?queue=" + queue).path("items").path(0);
        assertThat(item.path("id").asString()).isEqualTo(id.toString());
        assertThat(item.path("key").asString()).isEqualTo("run-1");
        assertThat(item.path("team_id").asString()).isEqualTo(team.toString());
        assertThat(item.path("reason").asString()).isEqualTo("too large\ufffd");
        assertThat(item.path("size").intValue()).isEqualTo(11);
        var whole = get(LETTERS + "/" + id);
        assertThat(whole.path("encoding").asString()).isEqualTo("text");
        assertThat(whole.path("payload").asString()).isEqualTo("{\"a\": \"ж\"}");
    }

    @Test
    void whatIsNoTextIsShownInBase64() {
        var id = letters.put(queue, "run-1", null, new byte[] {0, (byte) 0xff}, "odd");
        assertThat(get(LETTERS + "/" + id).path("encoding").asString()).isEqualTo("base64");
        assertThat(get(LETTERS + "/" + id).path("payload").asString()).isEqualTo("AP8=");
    }

    @Test
    void theSameLetterPutTwiceIsOne() {
        assertThat(letters.put(queue, "run-1", team, "same", "first")).isEqualTo(letters.put(queue, "run-1", team, "same", "second"));
        var items = get(LETTERS + "?queue=" + queue).path("items");
        assertThat(items).hasSize(1);
        assertThat(items.path(0).path("reason").asString()).isEqualTo("second");
        assertThat(items.path(0).path("times").intValue()).isEqualTo(2);
    }

    @Test
    void pagesFollowEachOther() {
        for (var n = 0; n < 5; n++) {
            letters.put(queue, "run-" + n, team, "payload", "reason");
        }
        var first = get(LETTERS + "?limit=2&queue=" + queue);
        var second = get(LETTERS + "?limit=2&queue=" + queue + "&before=" + first.path("next").asLong());
        var third = get(LETTERS + "?limit=2&queue=" + queue + "&before=" + second.path("next").asLong());
        assertThat(first.path("items")).extracting(item -> item.path("key").asString()).containsExactly("run-4", "run-3");
        assertThat(second.path("items")).extracting(item -> item.path("key").asString()).containsExactly("run-2", "run-1");
        assertThat(third.path("items")).extracting(item -> item.path("key").asString()).containsExactly("run-0");
        assertThat(third.path("next").isNull()).isTrue();
    }

    @Test
    void aLetterThatNobodyCanSendAgainStays() {
        var id = letters.put(queue, "run-1", team, "payload", "reason");
        resend(id, HttpStatus.CONFLICT);
        assertThat(get(LETTERS + "/" + id).path("payload").asString()).isEqualTo("payload");
    }

    @Test
    void aLetterThatIsNotThereIsNotFound() {
        resend(UUID.randomUUID(), HttpStatus.NOT_FOUND);
        client(operator()).get().uri(LETTERS + "/" + UUID.randomUUID()).exchange().expectStatus().isNotFound();
    }

    @Test
    void aLetterThatIsDiscardedIsGoneAndCountedOnce() {
        var id = letters.put(queue, "run-1", team, "payload", "reason");
        var kept = letters.put(queue, "run-2", team, "payload", "reason");

        discard(id);
        discard(id);
        discard(UUID.randomUUID());

        assertThat(get(LETTERS + "?queue=" + queue).path("items")).extracting(item -> item.path("id").asString()).containsExactly(kept.toString());
        client(operator()).get().uri(LETTERS + "/" + id).exchange().expectStatus().isNotFound();
        resend(id, HttpStatus.NOT_FOUND);
        assertThat(meters.counter(DeadLetters.DISCARDED, "queue", queue).count()).isEqualTo(1);
        assertThat(meters.counter(DeadLetters.COUNTER, "queue", queue).count()).isEqualTo(2);
    }

    private void discard(UUID id) {
        client(operator()).delete().uri(LETTERS + "/" + id).exchange().expectStatus().isNoContent();
    }

    @Test
    void onlyOperatorsSeeLetters() {
        client(Tokens.person(team, Role.ADMINISTRATOR)).get().uri(LETTERS).exchange().expectStatus().isNotFound();
        client(Tokens.service()).get().uri(LETTERS).exchange().expectStatus().isForbidden();
        var id = letters.put(queue, "run-1", team, "payload", "reason");
        client(Tokens.person(team, Role.ADMINISTRATOR)).delete().uri(LETTERS + "/" + id).exchange().expectStatus().isNotFound();
        assertThat(get(LETTERS + "/" + id).path("payload").asString()).isEqualTo("payload");
    }

    private void resend(UUID id, HttpStatus expected) {
        client(operator()).post().uri(LETTERS + "/" + id + "/resend").exchange().expectStatus().isEqualTo(expected);
    }

    private JsonNode get(String path) {
        var body = client(operator()).get().uri(path).exchange().expectStatus().isOk().expectBody(String.class).returnResult().getResponseBody();
        return json.readTree(body);
    }

    private static String operator() {
        return Tokens.claiming(Role.OPERATOR, Party.service("gateway-service"));
    }

    private RestTestClient client(String authorization) {
        return RestTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .defaultHeader(HttpHeaders.AUTHORIZATION, authorization)
                .build();
    }
}
