// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.TeamId;
import dev.assay.kit.deadletter.DeadLetters;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RunningGradingService
class DeadLetterTests {

    @Autowired
    private Calls calls;

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
        var item = get(Calls.LETTERS + "?queue=" + queue).path("items").path(0);
        assertThat(item.path("id").asString()).isEqualTo(id.toString());
        assertThat(item.path("key").asString()).isEqualTo("run-1");
        assertThat(item.path("team_id").asString()).isEqualTo(team.toString());
        assertThat(item.path("reason").asString()).isEqualTo("too large\ufffd");
        assertThat(item.path("size").intValue()).isEqualTo(11);
        var whole = get(Calls.LETTERS + "/" + id);
        assertThat(whole.path("encoding").asString()).isEqualTo("text");
        assertThat(whole.path("payload").asString()).isEqualTo("{\"a\": \"ж\"}");
    }

    @Test
    void whatIsNoTextIsShownInBase64() {
        var id = letters.put(queue, "run-1", null, new byte[] {0, (byte) 0xff}, "odd");
        assertThat(get(Calls.LETTERS + "/" + id).path("encoding").asString()).isEqualTo("base64");
        assertThat(get(Calls.LETTERS + "/" + id).path("payload").asString()).isEqualTo("AP8=");
    }

    @Test
    void theSameLetterPutTwiceIsOne() {
        assertThat(letters.put(queue, "run-1", team, "same", "first")).isEqualTo(letters.put(queue, "run-1", team, "same", "second"));
        var items = get(Calls.LETTERS + "?queue=" + queue).path("items");
        assertThat(items).hasSize(1);
        assertThat(items.path(0).path("reason").asString()).isEqualTo("second");
        assertThat(items.path(0).path("times").intValue()).isEqualTo(2);
    }

    @Test
    void pagesFollowEachOther() {
        for (var n = 0; n < 5; n++) {
            letters.put(queue, "run-" + n, team, "payload", "reason");
        }
        var first = get(Calls.LETTERS + "?limit=2&queue=" + queue);
        var second = get(Calls.LETTERS + "?limit=2&queue=" + queue + "&before=" + first.path("next").asLong());
        var third = get(Calls.LETTERS + "?limit=2&queue=" + queue + "&before=" + second.path("next").asLong());
        assertThat(first.path("items")).extracting(item -> item.path("key").asString()).containsExactly("run-4", "run-3");
        assertThat(second.path("items")).extracting(item -> item.path("key").asString()).containsExactly("run-2", "run-1");
        assertThat(third.path("items")).extracting(item -> item.path("key").asString()).containsExactly("run-0");
        assertThat(third.path("next").isNull()).isTrue();
    }

    @Test
    void aLetterThatNobodyCanSendAgainStays() {
        var id = letters.put(queue, "run-1", team, "payload", "reason");
        calls.resend(id, HttpStatus.CONFLICT);
        assertThat(get(Calls.LETTERS + "/" + id).path("payload").asString()).isEqualTo("payload");
    }

    @Test
    void aLetterThatIsNotThereIsNotFound() {
        calls.resend(UUID.randomUUID(), HttpStatus.NOT_FOUND);
        calls.asOperator().get().uri(Calls.LETTERS + "/" + UUID.randomUUID()).exchange().expectStatus().isNotFound();
    }

    @Test
    void aLetterThatIsDiscardedIsGoneAndCountedOnce() {
        var id = letters.put(queue, "run-1", team, "payload", "reason");
        var kept = letters.put(queue, "run-2", team, "payload", "reason");

        discard(id);
        discard(id);
        discard(UUID.randomUUID());

        assertThat(get(Calls.LETTERS + "?queue=" + queue).path("items"))
                .extracting(item -> item.path("id").asString())
                .containsExactly(kept.toString());
        calls.asOperator().get().uri(Calls.LETTERS + "/" + id).exchange().expectStatus().isNotFound();
        calls.resend(id, HttpStatus.NOT_FOUND);
        assertThat(meters.counter(DeadLetters.DISCARDED, "queue", queue).count()).isEqualTo(1);
        assertThat(meters.counter(DeadLetters.COUNTER, "queue", queue).count()).isEqualTo(2);
    }

    private void discard(UUID id) {
        calls.asOperator().delete().uri(Calls.LETTERS + "/" + id).exchange().expectStatus().isNoContent();
    }

    @Test
    void onlyOperatorsSeeLetters() {
        calls.as(Tokens.person(team, Role.ADMINISTRATOR)).get().uri(Calls.LETTERS).exchange().expectStatus().isNotFound();
        calls.as(Tokens.service()).get().uri(Calls.LETTERS).exchange().expectStatus().isForbidden();
        var id = letters.put(queue, "run-1", team, "payload", "reason");
        calls.as(Tokens.person(team, Role.ADMINISTRATOR)).delete().uri(Calls.LETTERS + "/" + id).exchange().expectStatus().isNotFound();
        assertThat(get(Calls.LETTERS + "/" + id).path("payload").asString()).isEqualTo("payload");
    }

    private JsonNode get(String path) {
        var answer = calls.asOperator().get().uri(path).exchange().expectStatus().isOk().expectBody(String.class).returnResult();
        return json.readTree(answer.getResponseBody());
    }
}
