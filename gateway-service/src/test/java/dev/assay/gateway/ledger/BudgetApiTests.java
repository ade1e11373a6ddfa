// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assay.gateway.Client;
import dev.assay.gateway.dialect.ModelErrorException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** How people set budgets. */
class BudgetApiTests extends WithLedger {

    private Client.Answer patch(String id, String change) {
        return api.send("PATCH", "/v2/budgets/" + id, BodyPublishers.ofString(change), "Content-Type", "application/json");
    }

    private String made(String limits) {
        var answer = api.post("/v2/budgets", "{\"scope\": \"team\", " + limits + "}");
        assertThat(answer.status()).isEqualTo(200);
        return answer.json().path("id").asString();
    }

    @Test
    void whatAChangeLeavesOutStaysAndNullTakesALimitAway() {
        var id = made("\"limit_usd\": 5, \"limit_tokens\": 100, \"requests_per_minute\": 7");

        var changed = patch(id, "{\"limit_usd\": 2.5, \"limit_tokens\": null}").json();

        assertThat(changed.path("limit_usd").decimalValue()).isEqualByComparingTo("2.5");
        assertThat(changed.path("limit_tokens").isNull()).isTrue();
        assertThat(changed.path("requests_per_minute").asInt()).isEqualTo(7);
        assertThat(api.get("/v2/budgets/" + id).json()).isEqualTo(changed);
    }

    @Test
    void aChangeThatCannotBeMeantIsRefusedByNameAndChangesNothing() {
        var id = made("\"limit_usd\": 5");
        Map.of(
                        "{\"limit_usd\": null}", "limit_usd:", "{\"limit_usd\": -1}", "limit_usd:", "{\"limit_usd\": \"1\"}", "limit_usd:",
                        "{\"limit_tokens\": 1.5}", "limit_tokens:", "{\"calls_at_once\": 0}", "calls_at_once:",
                        "{\"requests_per_minute\": 3000000000}", "requests_per_minute:")
                .forEach((body, field) -> {
                    var answer = patch(id, body);
                    assertThat(answer.status()).as(body).isEqualTo(400);
                    assertThat(answer.detail()).as(body).startsWith(field);
                });
        assertThat(api.get("/v2/budgets/" + id).json().path("limit_usd").decimalValue()).isEqualByComparingTo("5");
        assertThat(patch("00000000-0000-0000-0000-000000000009", "{\"limit_usd\": 1}").status()).isEqualTo(404);
    }

    @Test
    void twoWhoChangeDifferentLimitsAtOnceBothSucceed() throws Exception {
        var id = made("\"limit_usd\": 1, \"limit_tokens\": 1, \"requests_per_minute\": 1, \"tokens_per_minute\": 1, \"calls_at_once\": 1");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var round = 2; round < 6; round++) {
                var value = round;
                threads.invokeAll(Stream.of("limit_usd", "limit_tokens", "requests_per_minute", "tokens_per_minute", "calls_at_once")
                        .map(limit -> (Callable<Object>) () -> patch(id, "{\"" + limit + "\": " + value + "}"))
                        .toList());
                var budget = api.get("/v2/budgets/" + id).json();
                assertThat(IntStream.of(
                        budget.path("limit_usd").asInt(), budget.path("limit_tokens").asInt(), budget.path("requests_per_minute").asInt(),
                        budget.path("tokens_per_minute").asInt(), budget.path("calls_at_once").asInt())).containsOnly(value);
            }
        }
    }

    @Test
    void aLimitThatIsLoweredBelowWhatIsSpentRefusesAndOneThatIsRaisedAdmitsAgain() {
        var id = made("\"limit_usd\": 0.01");
        serve(call(), "priced", 5000);
        patch(id, "{\"limit_usd\": 0.001}");
        // another gateway may have leased before: here nothing is out but what this one gives back at once
        budgets.giveBack();
        assertThatExceptionOfType(ModelErrorException.class)
                .isThrownBy(() -> open(call(), "priced", 1000))
                .returns(402, refused -> refused.error().status());
        patch(id, "{\"limit_usd\": 1}");
        serve(call(), "priced", 1000);
    }

    @Test
    void everyChangeIsTakenDownWithWhatWasBefore() {
        var id = made("\"limit_usd\": 1");
        patch(id, "{\"limit_usd\": 2}");
        api.delete("/v2/budgets/" + id.toUpperCase(Locale.ROOT).replace("-", "")); // taken down under the id as it stands everywhere
        var lines = jdbc.sql("select action, before, after from audit where object_kind = 'budget' and object_id = :id order by id")
                .param("id", id)
                .query((row, number) -> row.getString("action") + " " + dollars(row.getString("before")) + " "
                        + dollars(row.getString("after")))
                .list();
        assertThat(lines).containsExactly("budget.set - 1", "budget.change 1 2", "budget.remove 2 -");
    }

    private static String dollars(String json) {
        return json == null ? "-" : JsonMapper.shared().readTree(json).path("limit_usd").asString();
    }

    @Test
    void anothersBudgetIsNotThere() {
        var id = made("\"limit_usd\": 1");
        var stranger = new Client(port).ofTeam("team-" + UUID.randomUUID());
        assertThat(stranger.get("/v2/budgets/" + id).status()).isEqualTo(404);
        assertThat(stranger.delete("/v2/budgets/" + id).status()).isEqualTo(404);
        assertThat(api.get("/v2/budgets/" + id).status()).isEqualTo(200);
    }
}
