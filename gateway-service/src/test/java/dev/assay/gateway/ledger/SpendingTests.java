// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.ModelId;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.budget.Budgets;
import dev.assay.gateway.call.Ending;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.model.ModelResolution;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** What calls may cost, and how fast they may come. */
class SpendingTests extends WithLedger {

    @Test
    void aHundredCallsAtOnceOverTwoGatewaysSpendExactlyWhatTheBudgetHas() throws Exception {
        assertThat(api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 0.03}").status()).isEqualTo(200);
        var otherBudgets = beans.createBean(Budgets.class);
        var otherBooks = new BookKeeping(rows, otherBudgets, transactions, meters);
        var other = new Ledger(new Openings(prices, otherBudgets, places, clock), otherBudgets, otherBooks, listeners, meters, folder);
        other.start();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var decided = new CountDownLatch(100);
            var answers = new ArrayList<Callable<Integer>>();
            for (var number = 0; number < 100; number++) {
                var gateway = number % 2 == 0 ? ledger : other;
                answers.add(() -> {
                    var call = call();
                    try (var booking = gateway.open(call, model("priced"), head("priced", false, 1000), body(0))) {
                        decided.countDown();
                        decided.await();
                        answered(call, 1000);
                        return 200;
                    } catch (ModelErrorException e) {
                        decided.countDown();
                        return e.error().status();
                    }
                });
            }
            var statuses = new ArrayList<Integer>();
            for (var answer : threads.invokeAll(answers)) {
                statuses.add(answer.get());
            }
            assertThat(statuses).containsOnly(200, 402);
            assertThat(statuses.stream().filter(status -> status == 200)).hasSize(30);
        } finally {
            other.stop();
        }
        await().untilAsserted(() -> assertThat(budget().path("spent_usd").decimalValue()).isEqualByComparingTo("0.03"));
        await().untilAsserted(() -> assertThat(budget().path("held_usd").decimalValue()).isEqualByComparingTo("0"));
        assertThat(api.get("/v2/usage").json().path("items").path(0).path("calls").asLong()).isEqualTo(30);
    }

    @Test
    void whatIsLeftOfAReservationIsThereForOthersAndASpentBudgetSaysWhat() {
        api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 0.002}");
        var first = call();
        try (var booking = open(first, "priced", 2000)) {
            answered(first, 1000);
        }
        serve(call(), "priced", 1000);
        assertThatExceptionOfType(ModelErrorException.class).isThrownBy(() -> open(call(), "priced", 1)).satisfies(refused -> {
            assertThat(refused.error().status()).isEqualTo(402);
            assertThat(refused.error().shouldRetry()).isFalse();
            assertThat(refused.error().message()).startsWith("The budget of this team does not reach:").contains("of 0.002 dollars");
        });
        assertThat(booked(first).path("cost_usd").decimalValue()).isEqualByComparingTo("0.001");
    }

    @Test
    void aCallThatWasRefusedByItsUpstreamCostsNothing() {
        api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 0.001}");
        var call = call();
        try (var booking = open(call, "priced", 1000)) {
            call.tally().upstream = "provider";
            call.tally().status = 400;
            call.tally().error = "bad";
        }
        serve(call(), "priced", 1000);
        var row = booked(call);
        assertThat(row.path("ending").asString()).isEqualTo("failed");
        assertThat(row.path("cost_usd").decimalValue()).isEqualByComparingTo("0");
    }

    @Test
    void anUnknownPriceIsSaidAndNotZeroAndNoBudgetInMoneyTakesIt() {
        var call = call();
        try (var booking = open(call, "nobody-knows", 10)) {
            answered(call, 10);
            assertThat(booking.cost()).isEqualTo("unknown");
        }
        var row = booked(call);
        assertThat(row.path("cost_usd").isNull()).isTrue();
        var sum = api.get("/v2/usage").json().path("items").path(0);
        assertThat(sum.path("unpriced_calls").asLong()).isEqualTo(1);
        assertThat(sum.path("output_tokens").asLong()).isEqualTo(10);

        api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 100}");
        assertThatExceptionOfType(ModelErrorException.class).isThrownBy(() -> open(call(), "nobody-knows", 10)).satisfies(refused -> {
            assertThat(refused.error().status()).isEqualTo(403);
            assertThat(refused.error().message()).contains("price of model 'nobody-knows'");
        });
    }

    @Test
    void aBudgetInTokensTakesWhatHasNoPrice() {
        api.post("/v2/budgets", "{\"scope\": \"team\", \"period\": \"month\", \"limit_tokens\": 100}");
        serve(call(), "nobody-knows", 100);
        assertThatExceptionOfType(ModelErrorException.class).isThrownBy(() -> open(call(), "nobody-knows", 1)).satisfies(refused ->
                assertThat(refused.error().message()).startsWith("The budget of this team for this month does not").contains("100 tokens"));
    }

    @Test
    void tooManyRequestsAreToldWhenToComeAgain() {
        api.post("/v2/budgets", "{\"scope\": \"team\", \"requests_per_minute\": 2}");
        var call = call();
        try (var booking = open(call, "priced", 1)) {
            answered(call, 1);
            assertThat(booking.headers().first("x-ratelimit-limit-requests")).contains("2");
            assertThat(booking.headers().first("x-ratelimit-remaining-requests")).contains("1");
        }
        serve(call(), "priced", 1);
        assertThatExceptionOfType(ModelErrorException.class).isThrownBy(() -> open(call(), "priced", 1)).satisfies(refused -> {
            assertThat(refused.error().status()).isEqualTo(429);
            assertThat(refused.error().retryAfter()).isBetween(0.0, 60.0);
        });
    }

    @Test
    void soManyGoOnAtOnceAndOneThatEndedMakesRoom() {
        api.post("/v2/budgets", "{\"scope\": \"team\", \"calls_at_once\": 1}");
        var first = call();
        try (var booking = open(first, "priced", 1)) {
            assertThatExceptionOfType(ModelErrorException.class)
                    .isThrownBy(() -> open(call(), "priced", 1))
                    .returns(429, refused -> refused.error().status());
            answered(first, 1);
        }
        serve(call(), "priced", 1);
    }

    @Test
    void codexWaitsForItsTurnWhereOthersAreToldToComeAgain() throws Exception {
        api.post("/v2/budgets", "{\"scope\": \"team\", \"calls_at_once\": 1, \"limit_tokens\": 1000}");
        var first = call();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var booking = open(first, "priced", 10);
            assertThatExceptionOfType(ModelErrorException.class).isThrownBy(() -> open(call(), "priced", 10))
                    .satisfies(refused -> assertThat(refused.error().status()).isEqualTo(429));
            assertThatExceptionOfType(ModelErrorException.class)
                    .as("no waiting helps it").isThrownBy(() -> open(call("originator", "codex_exec"), "priced", 10_000))
                    .satisfies(refused -> assertThat(refused.error().status()).isEqualTo(402));
            var asked = call("originator", "codex_exec");
            var codex = threads.submit(() -> serve(asked, "priced", 10));
            var gone = call("originator", "codex_exec");
            var ended = threads.submit(() -> open(gone, "priced", 10));
            gone.end(Ending.GONE);
            assertThatThrownBy(ended::get).hasMessageContaining("while it waited for its turn");
            answered(first, 10);
            booking.close();
            codex.get();
            assertThat(booked(asked).path("ending").asString()).isEqualTo("done");
        }
    }

    @Test
    void whileNobodyCanSayWhoseARunIsNoBudgetOfARunIsPassedBy() {
        var run = UUID.randomUUID();
        FakeServices.JOB.on("GET /internal/runs/" + run + "/place", 500, "{}");
        // with places of its own: that job-service is away is remembered for a while
        var alone = new Ledger(
                new Openings(prices, budgets, new RunPlaces(rest, FakeServices.JOB.url(), life), clock), budgets, books, listeners, meters,
                folder);
        var free = call("Trace-Id", run.toString());
        try (var booking = alone.open(free, model("priced"), head("priced", false, 1), body(0))) {
            answered(free, 1);
        }
        api.post("/v2/budgets", "{\"scope\": \"run\", \"scope_id\": \"" + run + "\", \"limit_usd\": 1}");
        assertThatExceptionOfType(ModelErrorException.class)
                .isThrownBy(() -> alone.open(call("Trace-Id", run.toString()), model("priced"), head("priced", false, 1), body(0)))
                .returns(503, refused -> refused.error().status());
    }

    @Test
    void theUpstreamsNameOfAModelSaysWhatItCostsAndNotTheNameThatSomebodyGaveIt() {
        var model = new ModelResolution(
                new ModelId(UUID.randomUUID()), "mine/claude-haiku-4-5",
                List.of(new ModelResolution.Target("provider", "claude-opus-4-1", 1, 0)));
        var call = call();
        try (var booking = ledger.open(call, model, head("mine/claude-haiku-4-5", false, 10), body(0))) {
            answered(call, 10);
        }
        assertThat(booked(call).path("cost_usd").decimalValue()).isEqualByComparingTo("0.00075");
    }

    @Test
    void aPictureIsReservedByItsPixelsAndNotByItsBytes() {
        api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 0.01}");
        // 400 KB of base64, which as text would be 133,000 tokens and cost 0.13
        var body = Body.of(("{\"image_url\": \"data:image/png;base64," + InputTests.base64(InputTests.png(512, 512), 400_000)
                + "\"}").getBytes());
        var call = call();
        try (var booking = ledger.open(call, model("priced"), head("priced", false, 1000), body)) {
            call.tally().upstream = "provider";
            call.tally().status = 200;
        }
        var row = booked(call);
        assertThat(row.path("image_tokens").asLong()).isEqualTo(255);
        assertThat(row.path("input_tokens").asLong()).isBetween(255L, 300L);
        assertThat(row.path("estimated").asBoolean()).isTrue();
    }
}
