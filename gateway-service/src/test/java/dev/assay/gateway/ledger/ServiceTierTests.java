// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.ModelErrorException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What calls cost at the service tier that they were served at. */
class ServiceTierTests extends WithLedger {

    private static final String TIERED = """
            {"match": "tiered*", "input": 2, "output": 2, "service_tiers": {"flex": {"input": 1, "output": 1},
             "priority": {"input": 4, "output": 4, "tiers": [{"above": 10, "input": 8, "output": 8}]}}}""";

    @BeforeEach
    void aPrice() {
        assertThat(api.post("/v2/prices", TIERED).status()).isEqualTo(201);
    }

    private Booking open(Exchange call, @Nullable String wanted) {
        return ledger.open(call, model("tiered"), head("tiered", false, 1000, wanted), body(0));
    }

    private void serve(Exchange call, @Nullable String wanted, @Nullable String told) {
        try (var booking = open(call, wanted)) {
            answered(call, 1000);
            if (told != null) {
                call.tally().served(told);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
            none,     none,     0.002, none
            none,     default,  0.002, none
            auto,     priority, 0.004, priority
            flex,     flex,     0.001, flex
            flex,     none,     0.002, none
            flex,     auto,     0.002, none
            priority, default,  0.002, none
            fast,     priority, 0.004, priority
            PRIORITY, none,     0.004, priority
            """)
    void theAnswersWordCountsAndWhereItHasNoneTheDearerOfTheUsualPriceAndTheOneAskedFor(
            @Nullable String wanted, @Nullable String told, String cost, @Nullable String tier) {
        var call = call();
        serve(call, wanted, told);
        var row = booked(call);
        assertThat(row.path("cost_usd").decimalValue()).isEqualByComparingTo(cost);
        assertThat(row.path("service_tier").asStringOpt()).isEqualTo(Optional.ofNullable(tier));
        var price = row.path("price").asString();
        assertThat(price.substring(price.indexOf(" of ") + 14)).isEqualTo(tier == null ? "" : ", " + tier);
    }

    @Test
    void atATierWithoutAPriceItIsUnknownAndNotZeroNorTheUsualOne() {
        var call = call();
        serve(call, null, "scale");
        var row = booked(call);
        assertThat(row.path("service_tier").asString()).isEqualTo("scale");
        assertThat(row.path("cost_usd").isNull()).isTrue();
        assertThat(row.path("price").isNull()).isTrue();
        assertThat(api.get("/v2/usage").json().path("items").path(0).path("unpriced_calls").asInt()).isEqualTo(1);
    }

    @Test
    void asMuchIsReservedAsTheDearerCostsAndNoBudgetInMoneyTakesATierWithoutAPrice() {
        api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 0.003}");
        try (var flex = open(call(), "flex")) {
            assertThat(flex.reservation().amount().nanos()).as("it may be served as usual").isEqualTo(2_000_000);
        }
        assertThatExceptionOfType(ModelErrorException.class).isThrownBy(() -> open(call(), "priority"))
                .satisfies(refused -> assertThat(refused.error().status()).isEqualTo(402));
        assertThatExceptionOfType(ModelErrorException.class).isThrownBy(() -> open(call(), "scale")).satisfies(refused -> {
            assertThat(refused.error().status()).isEqualTo(403);
            assertThat(refused.error().message()).startsWith("Nobody knows the price of model 'tiered' at service tier 'scale', so");
        });
    }

    @Test
    void aTierThatIsNoneIsRefusedByField() {
        var known = "{\"match\": \"m\", \"input\": 1, \"output\": 1, \"service_tiers\": ";
        assertThat(api.post("/v2/prices", known + "{\"default\": {\"input\": 1, \"output\": 1}}}").detail()).startsWith("service_tiers:");
        assertThat(api.post("/v2/prices", known + "{\"flex\": {\"input\": 1}}}").detail())
                .startsWith("service_tiers.flex.output: required");
        assertThat(api.post("/v2/prices", known + "{\"flex\": null}}").detail()).startsWith("service_tiers.flex: must be an object");
        var tier = "{\"flex\": {\"input\": 1, \"output\": 1, \"tiers\": [{\"above\": 0, \"input\": 1, \"output\": 1}]}}}";
        assertThat(api.post("/v2/prices", known + tier).detail()).startsWith("service_tiers.flex.tiers[0].above:");
        assertThat(api.get("/v2/prices").json().path("items").valueStream().filter(own -> own.path("match").asString().equals("tiered*")))
                .singleElement().satisfies(own -> assertThat(own.at("/price/service_tiers/flex/input").asInt()).isEqualTo(1));
    }
}
