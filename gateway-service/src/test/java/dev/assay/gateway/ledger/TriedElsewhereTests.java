// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.ModelId;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.call.Ending;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.Usage;
import dev.assay.gateway.model.ModelResolution;
import dev.assay.gateway.model.ModelResolution.Target;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A call that was tried at several upstreams costs what each of them asks for what it told. */
class TriedElsewhereTests extends WithLedger {

    private static final ModelResolution TWO = new ModelResolution(
            new ModelId(UUID.randomUUID()), "two", List.of(new Target("first", "two-a", 1, 0), new Target("second", "two-b", 1, 1)));

    @BeforeEach
    void prices() {
        priced("second", 10);
    }

    private void priced(String upstream, int dollars) {
        assertThat(api.post("/v2/prices", "{\"match\": \"two-*\", \"upstream\": \"" + upstream + "\", \"input\": " + dollars
                + ", \"output\": " + dollars + "}").status()).isEqualTo(201);
    }

    private Booking open(Exchange call) {
        return ledger.open(call, TWO, head("two", false, 1000), body(0));
    }

    /** The first breaks off behind its input, the second answers. */
    private void serve(Exchange call) {
        try (var booking = open(call)) {
            var tally = call.tally();
            tally.asks("first", "two-a", false);
            tally.told(new Usage(1000, 400, 0, 0, 0, 0, 0, false));
            tally.tried("first", "two-a", 0, "broke off", 5_000_000);
            tally.asks("second", "two-b", false);
            tally.told(new Usage(1000, 0, 0, 0, 100, 50, 0, false));
            tally.status = 200;
            assertThat(booking.cost()).isEqualTo(api.get("/v2/prices").text().contains("first") ? "0.012" : "unknown");
            tally.tried("second", "two-b", 200, null, 5_000_000);
        }
    }

    private static String numbers(JsonNode sum) {
        return sum.path("calls") + " " + sum.path("input_tokens") + " " + sum.path("cached_tokens") + " " + sum.path("output_tokens") + " "
                + sum.path("reasoning_tokens") + " " + sum.path("cost_usd") + " " + sum.path("unpriced_calls");
    }

    private List<String> by(String query) {
        return api.get("/v2/usage?by=" + query).json().path("items").valueStream()
                .map(sum -> sum.path("upstream").asString("all") + " " + numbers(sum)).sorted().toList();
    }

    @Test
    void eachPartIsReckonedAndToldByItselfAndStandsInTheSumsOfItsUpstream() {
        priced("first", 1);
        var run = UUID.randomUUID();
        FakeServices.JOB.on("GET /internal/runs/" + run + "/place", 200, "{\"team\": \"" + caller.team() + "\", \"job\": null}");
        var call = call("Trace-Id", run.toString());
        serve(call);

        var row = booked(call);
        assertThat(row.path("upstream").asString()).isEqualTo("second");
        assertThat(row.path("input_tokens").asLong()).isEqualTo(2000);
        assertThat(row.path("cost_usd").decimalValue()).isEqualByComparingTo("0.012");
        assertThat(row.path("price").asString()).startsWith("team's two-*");
        assertThat(row.path("tries").valueStream().map(one -> one.path("upstream").asString() + " " + one.path("model").asString() + " "
                        + one.path("input_tokens") + " " + one.path("output_tokens") + " " + one.path("cost_usd")))
                .containsExactly("first two-a 1000 0 0.001", "second two-b 1000 100 0.011");

        var shares = List.of("first 0 1000 400 0 0 0.001 0", "second 1 1000 0 100 50 0.011 0");
        assertThat(by("upstream")).isEqualTo(shares);
        assertThat(by("upstream,user")).as("from the calls themselves").isEqualTo(shares);
        assertThat(by("model")).containsExactly("all 1 2000 400 100 50 0.012 0");
        assertThat(by("model&upstream=first")).containsExactly("all 0 1000 400 0 0 0.001 0");
        await().untilAsserted(() -> assertThat(FakeServices.TRACE.seen.stream().filter(seen -> seen.uri().equals("/internal/spans")))
                .singleElement().satisfies(span -> assertThat(span.text())
                        .contains("\"cost_usd\":0.012", "\"cost_usd\":0.001", "\"cost_usd\":0.011", "\"input_tokens\":2000")));
    }

    @Test
    void ofAPartWithoutAPriceNobodyKnowsWhatTheCallCostsAndItsUpstreamSaysSo() {
        var call = call();
        serve(call);
        var row = booked(call);
        assertThat(row.path("cost_usd").isNull()).isTrue();
        assertThat(row.path("tries").path(0).path("cost_usd").isNull()).isTrue();
        assertThat(row.path("tries").path(1).path("cost_usd").decimalValue()).isEqualByComparingTo("0.011");
        assertThat(by("upstream")).containsExactly("first 0 1000 400 0 0 0 1", "second 1 1000 0 100 50 0 0");
        assertThat(by("upstream,user")).isEqualTo(by("upstream"));
        assertThat(by("model")).containsExactly("all 1 2000 400 100 50 0 1");
    }

    @Test
    void sharesGoAlongWhenTheRunOfTheCallBecomesKnown() {
        priced("first", 1);
        var run = UUID.randomUUID();
        var job = UUID.randomUUID();
        FakeServices.JOB.on("GET /internal/runs/" + run + "/place", 404, "{\"detail\": \"no\"}");
        var call = call("Trace-Id", run.toString());
        serve(call);
        booked(call);
        FakeServices.JOB.on(
                "GET /internal/runs/" + run + "/place", 200, "{\"team\": \"" + caller.team() + "\", \"job\": \"" + job + "\"}");
        new LateRuns(jdbc, new RunPlaces(rest, FakeServices.JOB.url(), life), listeners, Clock.offset(clock, Duration.ofSeconds(10))).join();

        assertThat(by("upstream&job=" + job)).containsExactly("first 0 1000 400 0 0 0.001 0", "second 1 1000 0 100 50 0.011 0");
        assertThat(by("upstream,job")).as("nothing is left without a job").hasSize(2);
    }

    @Test
    void aBudgetPaysForAllOfIt() {
        priced("first", 1);
        api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 1}");
        serve(call());
        await().untilAsserted(() -> assertThat(budget().path("spent_usd").decimalValue()).isEqualByComparingTo("0.012"));
        assertThat(budget().path("spent_tokens").asLong()).isEqualTo(2100);
        await().untilAsserted(() -> assertThat(budget().path("held_usd").decimalValue()).isEqualByComparingTo(BigDecimal.ZERO));
    }

    @Test
    void whoWasRefusedAndWhoseClientThenLeftUsedNothing() {
        var call = call();
        try (var booking = open(call)) {
            call.tally().asks("second", "two-b", false);
            call.tally().tried("second", "two-b", 503, "overloaded", 5_000_000);
            call.end(Ending.GONE); // while it was waited to ask again
        }
        var row = booked(call);
        assertThat(row.path("ending").asString()).isEqualTo("gone");
        assertThat(row.path("input_tokens").isNull()).isTrue();
        assertThat(row.path("cost_usd").decimalValue()).isEqualByComparingTo(BigDecimal.ZERO);
    }

    @Test
    void anAnswerThatBrokeOffAtTheSecondIsGuessedAtTheSecondsPriceAlone() {
        priced("first", 1);
        var call = call();
        try (var booking = ledger.open(call, TWO, head("two", true, 1000), body(400))) {
            call.tally().asks("first", "two-a", false);
            call.tally().tried("first", "two-a", 503, "overloaded", 5_000_000);
            call.tally().asks("second", "two-b", false);
            call.tally().bytesOut = 5000;
            call.end(Ending.GONE);
        }
        var row = booked(call);
        assertThat(row.path("estimated").asBoolean()).isTrue();
        assertThat(row.path("input_tokens").asLong()).isEqualTo(100);
        assertThat(row.path("output_tokens").asLong()).isEqualTo(50);
        assertThat(row.path("cost_usd").decimalValue()).isEqualByComparingTo("0.0015");
        assertThat(by("upstream")).containsExactly("second 1 100 0 50 0 0.0015 0");
    }

    @Test
    void aTargetHasItsPriceHoweverItsUpstreamIsSpelled() {
        var spelled = new ModelResolution(new ModelId(UUID.randomUUID()), "two", List.of(new Target("Second", "two-b", 1, 0)));
        assertThat(spelled.preferring("second").targets()).singleElement().returns(Integer.MIN_VALUE, Target::priority);
        var call = call();
        try (var booking = ledger.open(call, spelled, head("two", false, 10), body(0))) {
            call.tally().asks("second", "two-b", false);
            call.tally().told(new Usage(1000, 0, 0, 0, 0, 0, 0, false));
            call.tally().status = 200;
            call.tally().tried("second", "two-b", 200, null, 5_000_000);
        }
        assertThat(booked(call).path("cost_usd").decimalValue()).isEqualByComparingTo("0.01");
    }

    private CallRow crossed(String answered, String failed) {
        var row = JournalTests.call(UUID.randomUUID(), "done", 2_000_000_000L, caller.team().value());
        var tries = List.of(
                new CallRow.Tried(failed, "m", 0, 1, "broke off", 1L, 0L, 0L, 0L, null, "p", BigDecimal.ONE),
                new CallRow.Tried(answered, "m", 200, 1, null, 1L, 0L, 0L, 0L, null, "p", BigDecimal.ONE));
        return new CallRow(
                row.id(), row.at(), caller.team().value(), null, null, null, null, null, null, "chat", "generate", "m", "m", null, answered,
                200, "done", null, 2, tries, false, 5L, 10, 100, 200, 2L, 0L, 0L, 0L, 0L, 0L, false, "p", 2_000_000_000L, "stop", "r", null,
                null, row.replica(), List.of());
    }

    /** A deadlock would be a second of waiting and an exception for one of them. */
    @Test
    void twoThatBookFallbacksCrosswiseDoNotStandInEachOthersWay() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var both = List.of(List.of("first", "second"), List.of("second", "first")).stream().map(names -> threads.submit(() -> {
                for (var turn = 0; turn < 40; turn++) {
                    books.recovered(List.of(crossed(names.getFirst(), names.getLast())));
                }
                return true;
            })).toList();
            for (var one : both) {
                assertThat(one.get()).isTrue();
            }
        }
        assertThat(by("upstream")).containsExactly("first 40 80 0 0 0 80 0", "second 40 80 0 0 0 80 0");
    }

    private String plan(String sql, Map<String, ?> values) {
        return transactions.execute(transaction -> {
            transaction.setRollbackOnly();
            jdbc.sql("set local enable_seqscan = off").update(); // where there are few rows it is the cheapest
            return String.join("\n", jdbc.sql("explain " + sql).params(values).query(String.class).list());
        });
    }

    @Test
    void whoLooksForSharesDoesNotReadAllCalls() {
        var joined = Map.of(
                "team", caller.team().value(), "ref", "r", "run", UUID.randomUUID(), "job", UUID.randomUUID().toString(), "since",
                clock.instant().atOffset(ZoneOffset.UTC));
        assertThat(plan(LateRuns.JOIN, joined)).contains("usage_hours").doesNotContain("Seq Scan on calls");
        assertThat(plan("select sum(input) from calls_elsewhere where team_id = :team", Map.of("team", caller.team().value())))
                .contains("calls_tried");
    }
}
