// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How people and the operator set prices. */
class PriceApiTests extends WithLedger {

    private Client operator() {
        return new Client(port).bearer(FakeServices.ADMIN_TOKEN);
    }

    private String wins(String model) {
        return api.get("/v2/prices?model=" + model).json().path("wins").asString("nobody's");
    }

    private static String price(String model, int dollars) {
        return "{\"match\": \"" + model + "\", \"input\": " + dollars + ", \"output\": 3, \"since\": \"2026-01-01\"}";
    }

    @Test
    void theOperatorsPriceCountsForEverybodyAndATeamsOwnBeforeIt() {
        var model = "m-" + UUID.randomUUID();
        var everybodys = operator().post("/v2/admin/prices", price(model, 2));
        assertThat(everybodys.status()).isEqualTo(201);
        assertThat(wins(model)).isEqualTo("operator's " + model + " of 2026-01-01");
        var call = call();
        serve(call, model + "-upstream", 1);
        assertThat(booked(call).path("cost_usd").isNull()).as("another model").isTrue();

        api.post("/v2/prices", price(model, 1));
        assertThat(wins(model)).isEqualTo("team's " + model + " of 2026-01-01");
        assertThat(new Client(port).ofTeam("team-" + UUID.randomUUID()).get("/v2/prices?model=" + model).json().path("wins").asString())
                .startsWith("operator's");

        assertThat(operator().delete("/v2/admin/prices/" + everybodys.json().path("id").asString()).status()).isEqualTo(204);
        assertThat(operator().get("/v2/admin/prices").text()).doesNotContain(model);
        assertThat(api.get("/v2/prices?model=nobody-knows-it").json().path("wins").isNull()).isTrue();
    }

    @Test
    void noTeamSetsOrRemovesThePricesOfEverybody() {
        assertThat(api.post("/v2/admin/prices", "{\"match\": \"m\", \"input\": 1, \"output\": 1}").status()).isEqualTo(401);
        var model = "m-" + UUID.randomUUID();
        var everybodys = operator().post("/v2/admin/prices", price(model, 2)).json().path("id").asString();
        assertThat(api.delete("/v2/prices/" + everybodys).status()).isEqualTo(404);
        assertThat(operator().delete("/v2/admin/prices/" + everybodys).status()).isEqualTo(204);
    }

    @Test
    void aListIsTakenAsAWholeAndOnceMoreTakesItsOwnPlace() {
        var model = "m-" + UUID.randomUUID();
        var list = "{\"" + model + "\": {\"input_cost_per_token\": 1e-06, \"output_cost_per_token\": 2e-06},"
                + " \"picture\": {\"mode\": \"image\"}}";

        var first = api.post("/v2/prices/import?since=2026-02-01", list);
        var again = api.post("/v2/prices/import?since=2026-02-01", list.replace("2e-06", "3e-06"));

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.json().path("imported").asInt()).isEqualTo(1);
        assertThat(first.json().path("skipped").path("not priced by the token").asInt()).isEqualTo(1);
        assertThat(again.json().path("replaced").asInt()).isEqualTo(1);
        assertThat(api.get("/v2/prices").json().path("items").valueStream().filter(price -> price.path("match").asString().equals(model)))
                .singleElement().satisfies(price -> assertThat(price.path("price").path("output").asInt()).isEqualTo(3));
        assertThat(wins(model)).isEqualTo("team's " + model + " of 2026-02-01");
        assertThat(jdbc.sql("select count(*) from audit where action = 'price.import' and team_id = :team")
                .param("team", caller.team().value()).query(Long.class).single()).isEqualTo(2);
    }

    @Test
    void aListThatIsNoneChangesNothing() {
        var before = api.get("/v2/prices").json().path("items");
        for (var list : new String[] {"[", "{}", "{\"good\": {\"input_cost_per_token\": 1, \"output_cost_per_token\": 1}, \"bad\": 7}"}) {
            assertThat(api.post("/v2/prices/import", list).status()).as(list).isEqualTo(400);
        }
        assertThat(api.post("/v2/prices/import?since=soon", "{\"m\": {}}").detail()).startsWith("since:");
        assertThat(api.get("/v2/prices").json().path("items")).isEqualTo(before);
    }
}
