// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.budget.Reservation.Charge;
import dev.assay.gateway.call.Ending;
import dev.assay.gateway.call.Exchange;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.UncategorizedSQLException;

/** What becomes of a call in the books. */
class LedgerTests extends WithLedger {

    private static final Path ASIDE = FakeServices.DATA.resolve("gateway").resolve("calls").resolve("aside.calls");

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
    void aCallWhoseClientLeftIsBookedWithAGuessThatSaysSo() {
        var call = call();
        try (var booking = ledger.open(call, model("priced"), head("priced", true, -1), body(400))) {
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
    void aCallIsBookedOnceHoweverOftenItIsTold() {
        api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 1}");
        var budget = UUID.fromString(budget().path("id").asString());
        var mine = mine(budget);
        for (var time = 0; time < 3; time++) {
            books.recovered(List.of(mine));
        }
        assertThat(budget().path("spent_usd").decimalValue()).isEqualByComparingTo("0.005");
        assertThat(budget().path("spent_tokens").asLong()).isEqualTo(30);
        assertThat(api.get("/v2/usage").json().path("items").path(0).path("calls").asLong()).isEqualTo(1);
        assertThat(api.get("/v2/calls").json().path("items").size()).isEqualTo(1);
    }

    private CallRow mine(UUID budget) {
        return new CallRow(
                UUID.randomUUID(), clock.instant(), caller.team().value(), null, null, null, null, null, null, "chat", "generate", "m", "m",
                null, "provider", 200, "done", null, 1, null, false, 5L, 10, 100, 200, 10L, 0L, 0L, 20L, 0L, 0L, false, "p", 5_000_000L,
                "stop", "r", null, null, UUID.randomUUID(), List.of(new Charge(budget, 5_000_000L, 30)));
    }

    @Test
    void aRowThatTheDatabaseNeverTakesHoldsUpNothing() {
        var impossible = JournalTests.call(UUID.randomUUID(), "no such ending", 1L);
        books.add(impossible, List.of());
        var call = call();
        serve(call, "priced", 1);
        assertThat(booked(call).path("ending").asString()).isEqualTo("done");
        await().untilAsserted(() -> assertThat(ASIDE).content().contains(impossible.id().toString()));
    }

    @Test
    void aNameWithoutEndIsBookedAsItsBeginning() {
        var call = call();
        serve(call, "a\0" + endless(), 1);
        assertThat(booked(call).path("model").asString()).hasSize(300).startsWith("a\ufffd");
    }

    /** Of no pattern: the database makes others smaller. */
    private static String endless() {
        return Stream.generate(() -> UUID.randomUUID().toString()).limit(500).collect(Collectors.joining());
    }

    @Test
    void aRowOfWhichTheDatabaseDoesNotSayThatItIsAtFaultIsSetAsideAsWell() {
        var impossible = JournalTests.call(UUID.randomUUID(), "done", 1L);
        var possible = JournalTests.call(UUID.randomUUID(), "done", 1L);
        var refusing = new CallRows(jdbc, template) {
            @Override
            void copy(List<CallRow> calls) {
                refuse(calls.contains(impossible));
                super.copy(calls);
            }

            @Override
            Set<UUID> book(List<byte[]> lines) {
                refuse(lines.stream().anyMatch(line -> Arrays.equals(line, impossible.line())));
                return super.book(lines);
            }

            private void refuse(boolean holdsIt) {
                if (holdsIt) {
                    throw new UncategorizedSQLException("booking", null, new SQLException("an index's row is too large", "54000"));
                }
            }
        };
        var its = new BookKeeping(refusing, budgets, transactions, meters);
        its.setsAsideIn(folder);
        its.start();
        its.add(impossible, List.of());
        its.add(possible, List.of());
        await().untilAsserted(() -> assertThat(folder.resolve("aside.calls")).content().contains(impossible.id().toString()));
        its.stop();
        assertThat(ids(possible, impossible)).containsExactly(possible.id());
    }

    private List<UUID> ids(CallRow... calls) {
        return jdbc.sql("select id from calls where id = any (:ids)")
                .param("ids", Arrays.stream(calls).map(CallRow::id).toArray(UUID[]::new))
                .query(UUID.class)
                .list();
    }

    @Test
    void whatIsCopiedStandsThereAsWhatIsBookedAsJson() {
        var copied = CallRowTests.whole(UUID.randomUUID());
        var booked = CallRowTests.whole(UUID.randomUUID());
        rows.copy(List.of(copied));
        rows.book(List.of(booked.line()));
        assertThat(jdbc.sql("select distinct (to_jsonb(calls) - 'id')::text from calls where id = any (:ids)")
                .param("ids", new UUID[] {copied.id(), booked.id()}).query(String.class).list()).hasSize(1);
        assertThat(ids(copied, booked)).hasSize(2);
    }

    @Test
    void aCallThatIsBookedAlreadyCountsOnceHoweverItIsToldAgainAndWhatCameWithItIsBooked() {
        api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_tokens\": 1000000}");
        var known = mine(UUID.fromString(budget().path("id").asString()));
        books.recovered(List.of(known));
        books.add(known, List.of());
        var first = call();
        serve(first, "priced", 1000);
        booked(first);
        books.add(known, List.of());
        var last = call();
        serve(last, "priced", 1000);
        booked(last);
        var usage = api.get("/v2/usage?by=model").json().path("items");
        assertThat(usage.valueStream().map(sum -> sum.path("model").asString() + " " + sum.path("calls")).toList())
                .containsExactlyInAnyOrder("m 1", "priced 2");
        assertThat(budget().path("spent_tokens").asLong()).isEqualTo(30 + tokens(first) + tokens(last));
    }

    private long tokens(Exchange call) {
        return booked(call).path("input_tokens").asLong() + booked(call).path("output_tokens").asLong();
    }

    @Test
    void aRowThatIsNeverTakenIsSetAsideAtTheStartTooAndSpentOnceHoweverOftenThatIs() throws Exception {
        api.post("/v2/budgets", "{\"scope\": \"team\", \"limit_tokens\": 1000}");
        var budget = UUID.fromString(budget().path("id").asString());
        var impossible = JournalTests.call(UUID.randomUUID(), "no such ending", 0L, budget);
        var calls = folder.resolve("gateway").resolve("calls");
        for (var time = 0; time < 2; time++) {
            var left = new Journal(calls, UUID.randomUUID());
            left.append(impossible.line());
            left.close();
            var nextBooks = new BookKeeping(rows, budgets, transactions, meters);
            var next = new Ledger(openings, budgets, nextBooks, listeners, meters, folder);
            next.start();
            next.stop();
        }
        assertThat(calls.resolve("aside.calls")).content().containsOnlyOnce(impossible.id().toString());
        assertThat(budget().path("spent_tokens").asLong()).isEqualTo(30);
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
        await().untilAsserted(() -> assertThat(spans(run)).singleElement().asString()
                .contains("assay.call.v1", "\"cost_usd\":0.001", "\"output_tokens\":1000"));
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
        assertThat(Stream.of(run, nobodys).flatMap(one -> spans(one).stream())).isEmpty();
        assertThat(FakeServices.JOB.seen).noneMatch(seen -> seen.uri().contains("/claim"));
    }

    @Test
    void aRunThatBecomesKnownAfterItsFirstCallGetsItWithAllItCostOnceAndAsASpan() {
        var run = UUID.randomUUID();
        FakeServices.JOB.on("GET /internal/runs/" + run + "/place", 404, "{\"detail\": \"no\"}");
        var early = call("Trace-Id", run.toString());
        serve(early, "priced", 1000);
        var other = call();
        serve(other, "priced", 2000);
        assertThat(booked(early).path("run_ref").asString()).isEqualTo(run.toString());
        booked(other);
        var before = api.get("/v2/usage?by=model").json();

        var job = UUID.randomUUID();
        FakeServices.JOB.on(
                "GET /internal/runs/" + run + "/place", 200, "{\"team\": \"" + caller.team() + "\", \"job\": \"" + job + "\"}");
        var sweep = new LateRuns(
                jdbc, new RunPlaces(rest, FakeServices.JOB.url(), life), listeners, Clock.offset(clock, Duration.ofSeconds(10)));
        sweep.join();
        sweep.join();

        var joined = booked(early);
        assertThat(joined.path("run_id").asString()).isEqualTo(run.toString());
        assertThat(joined.path("job_id").asString()).isEqualTo(job.toString());
        assertThat(joined.path("run_ref").isNull()).isTrue();
        var ofJobs = api.get("/v2/usage?by=job").json().path("items").valueStream()
                .map(sum -> sum.path("job").asString("") + " " + sum.path("calls") + " " + sum.path("output_tokens")).toList();
        assertThat(ofJobs).containsExactlyInAnyOrder(job + " 1 1000", " 1 2000");
        assertThat(api.get("/v2/usage?by=model").json()).isEqualTo(before);
        assertThat(booked(other).path("job_id").isNull()).isTrue();
        await().untilAsserted(() -> assertThat(spans(run)).singleElement().asString().contains("\"cost_usd\":0.001"));
    }

    @Test
    void oldCallsGoAndWhatTheyAddedUpToStays() {
        var call = call();
        serve(call, "priced", 1000);
        booked(call);
        var before = api.get("/v2/usage?by=model").json();
        new OldCalls(jdbc, clock, Duration.ofDays(1)).sweep();
        assertThat(api.get("/v2/calls/" + call.id()).status()).isEqualTo(200);
        jdbc.sql("update calls set at = at - interval '2 days' where id = :id").param("id", call.id()).update();
        new OldCalls(jdbc, clock, Duration.ofDays(1)).sweep();
        assertThat(api.get("/v2/calls/" + call.id()).status()).isEqualTo(404);
        assertThat(api.get("/v2/usage?by=model").json()).isEqualTo(before);
    }

    @Test
    void eachUpstreamThatWasAskedIsTold() {
        var run = UUID.randomUUID();
        FakeServices.JOB.on("GET /internal/runs/" + run + "/place", 200, "{\"team\": \"" + caller.team() + "\", \"job\": null}");
        var call = call("Trace-Id", run.toString());
        try (var booking = open(call, "priced", 10)) {
            call.tally().tried("first", "m", 503, "over \"loaded\"", 7_000_000);
            answered(call, 10);
            call.tally().tried("provider", "priced-upstream", 200, null, 5_000_000);
        }
        var simple = call();
        try (var booking = open(simple, "priced", 10)) {
            answered(simple, 10);
            simple.tally().tried("provider", "priced-upstream", 200, null, 5_000_000);
        }
        var tries = "[{\"upstream\":\"first\",\"model\":\"m\",\"status\":503,\"ms\":7,\"error\":\"over \\\"loaded\\\"\"},";
        var told = booked(call).path("tries");
        assertThat(told.path(0).path("error").asString()).isEqualTo("over \"loaded\"");
        assertThat(told.path(0).path("input_tokens").isNull()).as("it told of none").isTrue();
        assertThat(told.path(1).path("status").asInt()).isEqualTo(200);
        assertThat(told.path(1).path("output_tokens").asInt()).isEqualTo(10);
        assertThat(booked(simple).path("tries").isNull()).isTrue();
        await().untilAsserted(() -> assertThat(spans(run)).singleElement().asString().contains("\"tries\":" + tries));
    }

    /** What was told of that run alone: what another test's calls are told of may still arrive. */
    private static List<String> spans(UUID run) {
        return FakeServices.TRACE.seen.stream()
                .filter(seen -> seen.uri().equals("/internal/spans"))
                .map(FakeService.Seen::text)
                .filter(text -> text.contains(run.toString()))
                .toList();
    }
}
