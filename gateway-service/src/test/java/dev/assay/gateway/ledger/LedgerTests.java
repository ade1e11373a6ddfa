// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.budget.Budgets;
import dev.assay.gateway.budget.Reservation.Charge;
import dev.assay.gateway.call.Ending;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.call.NoClient;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Route;
import dev.assay.gateway.dialect.Usage;
import dev.assay.gateway.model.ModelResolution;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.rest.InternalRest;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

@GatewayTest
class LedgerTests {

    private static final Route CHAT = new Route(Dialect.CHAT, Operation.GENERATE, null, false);

    @LocalServerPort
    int port;

    @Autowired
    Ledger ledger;

    @Autowired
    BookKeeping books;

    @Autowired
    Budgets budgets;

    @Autowired
    Prices prices;

    @Autowired
    RunPlaces places;

    @Autowired
    InternalRest rest;

    @Autowired
    CallRows rows;

    @Autowired
    TransactionTemplate transactions;

    @Autowired
    ObjectProvider<BookedCalls> listeners;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Clock clock;

    @Autowired
    MeterRegistry meters;

    @Autowired
    AutowireCapableBeanFactory beans;

    @TempDir
    Path folder;

    Client api;
    Caller caller;

    @BeforeEach
    void aTeam() {
        FakeServices.reset();
        FakeServices.JOB.on("GET /internal/runs/" + UUID.nameUUIDFromBytes(new byte[0]) + "/place", 404, "{}");
        var made = new Client(port).newKey("team-" + UUID.randomUUID(), "tester");
        api = new Client(port).bearer(made.path("key").asString());
        var me = api.get("/v2/auth/me").json();
        caller = new Caller(TeamId.parse(me.path("team_id").asString()), new UserId(UUID.randomUUID()), Role.MEMBER);
        // a dollar for a million tokens: a thousand of them cost a million nano-dollars
        assertThat(api.post("/v2/prices", "{\"match\": \"priced\", \"input\": 1, \"output\": 1}").status()).isEqualTo(201);
    }

    private static ModelResolution model(String slug) {
        return new ModelResolution(
                new ModelId(UUID.randomUUID()), slug, List.of(new ModelResolution.Target("provider", slug + "-upstream", 1, 0)));
    }

    private static CallHead head(String model, boolean streamed, long maxOutput) {
        return new CallHead(model, -1, -1, streamed, maxOutput, false, null, false, -1, -1, false, List.of(), 1);
    }

    private Exchange call(String... headers) {
        var fields = Fields.builder();
        for (var number = 0; number < headers.length; number += 2) {
            fields.add(headers[number], headers[number + 1]);
        }
        return new Exchange(UUID.randomUUID(), CHAT, fields.build(), caller, null, new NoClient());
    }

    private Booking open(Exchange call, String model, long maxOutput) {
        return ledger.open(call, model(model), head(model, false, maxOutput), 0);
    }

    private static void answered(Exchange call, long output) {
        call.tally().upstream = "provider";
        call.tally().status = 200;
        call.tally().told(new Usage(0, 0, 0, 0, output, 0, 0, false));
    }

    private void serve(Exchange call, String model, long output) {
        try (var booking = open(call, model, output)) {
            answered(call, output);
        }
    }

    private JsonNode booked(Exchange call) {
        return await().until(() -> api.get("/v2/calls/" + call.id()), answer -> answer.status() == 200).json();
    }

    private JsonNode budget() {
        return api.get("/v2/budgets").json().path("items").path(0);
    }

    @Test
    void aHundredCallsAtOnceOverTwoGatewaysSpendExactlyWhatTheBudgetHas() throws Exception {
        assertThat(api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 0.03}").status()).isEqualTo(200);
        var otherBudgets = beans.createBean(Budgets.class);
        var otherBooks = new BookKeeping(rows, otherBudgets, transactions, meters);
        var other = new Ledger(prices, otherBudgets, places, otherBooks, listeners, clock, meters, folder);
        other.start();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var decided = new CountDownLatch(100);
            var answers = new ArrayList<Callable<Integer>>();
            for (var number = 0; number < 100; number++) {
                var gateway = number % 2 == 0 ? ledger : other;
                answers.add(() -> {
                    var call = call();
                    try (var booking = gateway.open(call, model("priced"), head("priced", false, 1000), 0)) {
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
    void aLedgerThatWasStoppedBooksAgainOnceItIsStarted() {
        var before = call();
        serve(before, "priced", 1000);
        ledger.stop();
        ledger.start();
        var after = call();
        serve(after, "priced", 1000);
        assertThat(booked(before).path("ending").asString()).isEqualTo("done");
        assertThat(booked(after).path("ending").asString()).isEqualTo("done");
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
    void aCallWhoseClientLeftIsBookedWithAGuessThatSaysSo() {
        var call = call();
        try (var booking = ledger.open(call, model("priced"), head("priced", true, -1), 400)) {
            call.tally().upstream = "provider";
            call.tally().bytesOut = 5000;
            call.end(Ending.GONE);
        }
        var row = booked(call);
        assertThat(row.path("ending").asString()).isEqualTo("gone");
        assertThat(row.path("status").asInt()).isEqualTo(499);
        assertThat(row.path("estimated").asBoolean()).isTrue();
        assertThat(row.path("input_tokens").asLong()).isEqualTo(100);
        assertThat(row.path("output_tokens").asLong()).isEqualTo(50);
        assertThat(row.path("cost_usd").decimalValue()).isEqualByComparingTo("0.00015");
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
        api.post("/v2/budgets", "{\"scope\": \"team\", \"period\": \"day\", \"limit_tokens\": 100}");
        serve(call(), "nobody-knows", 100);
        assertThatExceptionOfType(ModelErrorException.class).isThrownBy(() -> open(call(), "nobody-knows", 1)).satisfies(refused ->
                assertThat(refused.error().message()).startsWith("The budget of this team for today does not").contains("100 tokens"));
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
    void aCallIsBookedOnceHoweverOftenItIsTold() {
        api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 1}");
        var budget = UUID.fromString(budget().path("id").asString());
        var row = JournalTests.call(UUID.randomUUID(), "done", 5_000_000L);
        var mine = new CallRow(
                row.id(), clock.instant(), caller.team().value(), null, null, null, null, null, null, "chat", "generate", "m", "m", null,
                "provider", 200, "done", null, 1, false, 5L, 10, 100, 200, 10L, 0L, 0L, 20L, 0L, 0L, false, "p", 5_000_000L, "stop", "r",
                UUID.randomUUID(), List.of(new Charge(budget, 5_000_000L, 30)));
        for (var time = 0; time < 3; time++) {
            books.recovered(List.of(mine));
        }
        assertThat(budget().path("spent_usd").decimalValue()).isEqualByComparingTo("0.005");
        assertThat(budget().path("spent_tokens").asLong()).isEqualTo(30);
        assertThat(api.get("/v2/usage").json().path("items").path(0).path("calls").asLong()).isEqualTo(1);
        assertThat(api.get("/v2/calls").json().path("items").size()).isEqualTo(1);
    }

    @Test
    void aRowThatTheDatabaseNeverTakesHoldsUpNothing() {
        var impossible = JournalTests.call(UUID.randomUUID(), "no such ending", 1L);
        books.add(impossible, impossible.line(), List.of());
        var call = call();
        serve(call, "priced", 1);
        assertThat(booked(call).path("ending").asString()).isEqualTo("done");
        var aside = FakeServices.DATA.resolve("gateway").resolve("calls").resolve("aside.calls");
        await().untilAsserted(() -> assertThat(aside).content().contains(impossible.id().toString()));
    }

    @Test
    void callsOfARunAreItsOwnAndItsJobsAndSpansOfItsTrace() {
        var run = UUID.randomUUID();
        var job = UUID.randomUUID();
        FakeServices.JOB.on(
                "GET /internal/runs/" + run + "/place", 200, "{\"team\": \"" + caller.team() + "\", \"job\": \"" + job + "\"}");
        var call = call("Trace-Id", run.toString().replace("-", ""));
        serve(call, "priced", 1000);
        assertThat(booked(call).path("run_id").asString()).isEqualTo(run.toString());
        assertThat(booked(call).path("job_id").asString()).isEqualTo(job.toString());
        var sum = api.get("/v2/usage?run=" + run + "&by=run,job").json().path("items").path(0);
        assertThat(sum.path("run").asString()).isEqualTo(run.toString());
        assertThat(sum.path("cost_usd").decimalValue()).isEqualByComparingTo("0.001");
        var span = await().until(
                () -> FakeServices.TRACE.seen.stream().filter(seen -> seen.uri().equals("/internal/spans")).findFirst(),
                Optional::isPresent).get();
        assertThat(span.text()).contains(run.toString(), "assay.call.v1", "\"cost_usd\":0.001", "\"output_tokens\":1000");
    }

    @Test
    void aTraceIdThatIsNobodysOrAnotherTeamsMakesNoRun() {
        var run = UUID.randomUUID();
        FakeServices.JOB.on("GET /internal/runs/" + run + "/place", 200, "{\"team\": \"" + UUID.randomUUID() + "\", \"job\": null}");
        var foreign = call("Trace-Id", run.toString());
        serve(foreign, "priced", 1);
        assertThat(booked(foreign).path("run_id").isNull()).isTrue();
        assertThat(booked(foreign).path("run_ref").asString()).isEqualTo(run.toString());

        var nobodys = UUID.randomUUID();
        FakeServices.JOB.on("GET /internal/runs/" + nobodys + "/place", 404, "{\"detail\": \"no\"}");
        var unknown = call("Trace-Id", nobodys.toString());
        serve(unknown, "priced", 1);
        assertThat(booked(unknown).path("run_id").isNull()).isTrue();
        assertThat(FakeServices.TRACE.seen).noneMatch(seen -> seen.uri().equals("/internal/spans"));
        assertThat(FakeServices.JOB.seen).noneMatch(seen -> seen.uri().contains("/claim"));
    }

    @Test
    void whileNobodyCanSayWhoseARunIsNoBudgetOfARunIsPassedBy() {
        var run = UUID.randomUUID();
        FakeServices.JOB.on("GET /internal/runs/" + run + "/place", 500, "{}");
        // with places of its own: that job-service is away is remembered for a while
        var alone = new Ledger(
                prices, budgets, new RunPlaces(rest, FakeServices.JOB.url()), books, listeners, clock, meters, folder);
        var free = call("Trace-Id", run.toString());
        try (var booking = alone.open(free, model("priced"), head("priced", false, 1), 0)) {
            answered(free, 1);
        }
        api.post("/v2/budgets", "{\"scope\": \"run\", \"scope_id\": \"" + run + "\", \"limit_usd\": 1}");
        assertThatExceptionOfType(ModelErrorException.class)
                .isThrownBy(() -> alone.open(call("Trace-Id", run.toString()), model("priced"), head("priced", false, 1), 0))
                .returns(503, refused -> refused.error().status());
    }

    @Test
    void theUpstreamsNameOfAModelSaysWhatItCostsAndNotTheNameThatSomebodyGaveIt() {
        var model = new ModelResolution(
                new ModelId(UUID.randomUUID()), "mine/claude-haiku-4-5",
                List.of(new ModelResolution.Target("provider", "claude-opus-4-1", 1, 0)));
        var call = call();
        try (var booking = ledger.open(call, model, head("mine/claude-haiku-4-5", false, 10), 0)) {
            answered(call, 10);
        }
        assertThat(booked(call).path("cost_usd").decimalValue()).isEqualByComparingTo("0.00075");
    }

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
