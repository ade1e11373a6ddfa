// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What people read of calls. */
class UsageTests extends WithLedger {

    /** Of nano-dollars, in dollars. */
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE / 1_000_000_000);


    @Test
    void usageIsToldInGroupsOverTimeAndAsATable() {
        serve(call(), "priced", 1000);
        serve(call(), "priced", 2000);
        var last = call();
        serve(last, "=cmd(),\"x\"", 5);
        booked(last);

        var models = api.get("/v2/usage?by=model").json().path("items");
        assertThat(models.path(0).path("model").asString()).isEqualTo("priced");
        assertThat(models.path(0).path("calls").asLong()).isEqualTo(2);
        assertThat(models.path(0).path("cost_usd").decimalValue()).isEqualByComparingTo("0.003");
        assertThat(models.path(1).path("unpriced_calls").asLong()).isEqualTo(1);
        assertThat(api.get("/v2/usage?by=day,model").json().path("items").size()).isEqualTo(2);
        assertThat(api.get("/v2/usage?by=hour&model=priced").json().path("items").path(0).path("hour").asString()).endsWith(":00:00Z");
        assertThat(api.get("/v2/usage?from=2999-01-01").json().path("items").path(0).path("calls").asLong()).isZero();
        assertThat(api.get("/v2/usage?by=run&from=2020-01-01T00:00:01Z").json().path("items").path(0).path("calls").asLong()).isEqualTo(3);

        var table = api.get("/v2/usage?by=model&format=csv");
        assertThat(table.header("Content-Type")).isEqualTo("text/csv;charset=UTF-8");
        assertThat(table.header("x-assay-more")).isEqualTo("false");
        assertThat(table.text().lines()).containsExactly(
                "model,calls,errors,input_tokens,cached_tokens,output_tokens,reasoning_tokens,cost_usd,unpriced_calls,estimated_calls,"
                        + "first_byte_ms,total_ms",
                table.text().lines().skip(1).findFirst().orElseThrow(),
                table.text().lines().skip(2).findFirst().orElseThrow());
        assertThat(table.text().lines().skip(1).findFirst()).hasValueSatisfying(
                line -> assertThat(line).startsWith("priced,2,0,0,0,3000,0,0.003,0"));
        assertThat(table.text()).contains("\"'=cmd(),\"\"x\"\"\"");
    }

    @Test
    void anIdThatIsNobodysFindsNothingHoweverItIsAskedFor() {
        var call = call();
        serve(call, "priced", 1000);
        booked(call);
        for (var none : List.of(new UUID(0, 0), UUID.randomUUID())) {
            for (var which : List.of("key", "job", "run", "user")) {
                for (var by : List.of("", "&by=model", "&by=run", "&from=2020-01-01T00:00:01Z")) {
                    var sums = api.get("/v2/usage?" + which + "=" + none + by).json().path("items");
                    assertThat(sums.valueStream().mapToLong(sum -> sum.path("calls").asLong()).sum()).as(which + by).isZero();
                }
            }
        }
        assertThat(api.get("/v2/usage?upstream=nobodys").json().path("items").path(0).path("calls").asLong()).isZero();
    }

    @Test
    void callsThatTogetherCostMoreThanCanBeCountedCostTheMostThereIs() {
        for (var model : List.of("dear-a", "dear-b")) {
            api.post("/v2/prices", "{\"match\": \"" + model + "*\", \"input\": 1000000000, \"output\": 1000000000}");
            serve(call(), model, 900_000_000);
        }
        var costs = await().until(() -> api.get("/v2/usage?by=model"), answer -> answer.json().path("items").size() == 2).json();
        assertThat(costs.path("items").path(0).path("cost_usd").decimalValue()).isBetween(MOST, MOST.add(BigDecimal.ONE));
        var all = api.get("/v2/usage");
        assertThat(all.status()).as(all.text()).isEqualTo(200);
        assertThat(all.json().path("items").path(0).path("cost_usd").decimalValue()).isBetween(MOST, MOST.add(BigDecimal.ONE));
        assertThat(api.get("/v2/usage?by=run").status()).isEqualTo(200);
    }

    @Test
    void aClockThatJumpsLosesNoCallAndNoneIsCountedTwice() {
        var clocks = List.of("2031-05-06T07:00:00Z", "1999-01-01T00:00:00Z", "2026-11-26T23:59:59.5Z", "2026-11-27T00:00:00Z");
        for (var now : clocks) {
            var jumped = new Openings(prices, budgets, places, Clock.fixed(Instant.parse(now), ZoneOffset.UTC));
            var other = new Ledger(jumped, budgets, books, listeners, meters, folder);
            var call = call();
            try (var booking = other.open(call, model("timeless"), head("timeless", false, 10), body(0))) {
                answered(call, 10);
            }
            assertThat(booked(call).path("at").asString()).startsWith(now.substring(0, 19));
        }
        var days = api.get("/v2/usage?by=day").json().path("items").valueStream().map(sum -> sum.path("day").asString().substring(0, 10)
                + " " + sum.path("calls")).toList();
        assertThat(days).containsExactly("2031-05-06 1", "2026-11-27 1", "2026-11-26 1", "1999-01-01 1");
        assertThat(api.get("/v2/usage?by=day,user").json().path("items").size()).isEqualTo(4);
        assertThat(api.get("/v2/usage?from=2026-11-26&to=2026-11-28").json().path("items").path(0).path("calls").asInt()).isEqualTo(2);
        assertThat(api.get("/v2/calls").json().path("items").path(0).path("at").asString()).startsWith("2031");
    }

    @Test
    void whoCalledIsToldToo() {
        var call = call();
        serve(call, "priced", 1000);
        booked(call);
        var sum = api.get("/v2/usage?by=user").json().path("items").path(0);
        assertThat(sum.path("user").asString()).isEqualTo(caller.user().toString());
        assertThat(sum.path("cost_usd").decimalValue()).isEqualByComparingTo("0.001");
        assertThat(api.get("/v2/usage?user=" + UUID.randomUUID()).json().path("items").path(0).path("calls").asLong()).isZero();
    }

    @Test
    void anotherTeamSeesNothingOfIt() {
        var call = call();
        serve(call, "priced", 10);
        booked(call);
        api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 1}");
        var stranger = new Client(port).ofTeam("team-" + UUID.randomUUID());
        assertThat(stranger.get("/v2/calls/" + call.id()).status()).isEqualTo(404);
        assertThat(stranger.get("/v2/calls?cursor=" + call.id()).status()).isEqualTo(400);
        assertThat(stranger.get("/v2/calls").json().path("items").size()).isZero();
        assertThat(stranger.get("/v2/usage").json().path("items").path(0).path("calls").asLong()).isZero();
        assertThat(stranger.get("/v2/budgets").json().path("total").asLong()).isZero();
        assertThat(stranger.delete("/v2/budgets/" + budget().path("id").asString()).status()).isEqualTo(404);
        assertThat(stranger.get("/v2/prices").json().path("items").size()).isZero();
    }

    @Test
    void listsOfCallsGoOnWhereTheyEnded() {
        for (var number = 0; number < 5; number++) {
            serve(call(), "priced", 1);
        }
        await().until(() -> api.get("/v2/calls").json().path("items").size() == 5);
        var seen = new ArrayList<String>();
        for (String next = ""; next != null; ) {
            var page = api.get("/v2/calls?limit=2" + (next.isEmpty() ? "" : "&cursor=" + next)).json();
            page.path("items").forEach(item -> seen.add(item.path("id").asString()));
            next = page.path("next").isNull() ? null : page.path("next").asString();
        }
        assertThat(seen).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void whatCannotBeMeantIsRefusedByName() {
        Map.of(
                        "/v2/usage?by=colour", "by:", "/v2/usage?from=yesterday", "from:", "/v2/usage?run=x", "run:",
                        "/v2/usage?format=xml", "format:", "/v2/calls?limit=0", "limit:", "/v2/calls?cursor=x", "cursor:",
                        "/v2/calls/x", "id:",
                        "/v2/usage?bye=model", "bye:")
                .forEach((path, field) -> {
                    var answer = api.get(path);
                    assertThat(answer.status()).as(path).isEqualTo(400);
                    assertThat(answer.detail()).as(path).startsWith(field);
                });
        Map.of(
                        "/v2/usage?from=2026-02-01&to=2026-01-01", "to:", "/v2/usage?from=2026-02-01&to=2026-02-01", "to:",
                        "/v2/usage?model=", "model:", "/v2/usage?upstream=%20", "upstream:", "/v2/usage?by=,", "by:",
                        "/v2/usage?by=Model", "by:",
                        "/v2/usage?by=model,key,user,job,run", "by:", "/v2/calls?model=", "model:")
                .forEach((path, field) -> {
                    var answer = api.get(path);
                    assertThat(answer.status()).as(path).isEqualTo(400);
                    assertThat(answer.detail()).as(path).startsWith(field);
                });
        Map.of(
                        "{}", "scope:", "{\"scope\": \"team\"}", "limit_usd:", "{\"scope\": \"run\", \"limit_usd\": 1}", "scope_id:",
                        "{\"scope\": \"team\", \"limit_usd\": -1}", "limit_usd:",
                        "{\"scope\": \"team\", \"period\": \"year\", \"limit_usd\": 1}", "period:",
                        "{\"scope\": \"team\", \"calls_at_once\": 0}", "calls_at_once:")
                .forEach((body, field) -> {
                    var answer = api.post("/v2/budgets", body);
                    assertThat(answer.status()).as(body).isEqualTo(400);
                    assertThat(answer.detail()).as(body).startsWith(field);
                });
        Map.of("{}", "match:", "{\"match\": \"m\", \"output\": 1}", "input:", "{\"match\": \"m\", \"input\": -1, \"output\": 1}", "input:")
                .forEach((body, field) -> {
                    var answer = api.post("/v2/prices", body);
                    assertThat(answer.status()).as(body).isEqualTo(400);
                    assertThat(answer.detail()).as(body).startsWith(field);
                });
    }
}
