// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.dialect.ModelErrorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Two gateways, as far as limits are concerned. */
@GatewayTest
class RatesTests {

    private static final Budgets.Pause PAUSE = time -> Thread.yield();

    @LocalServerPort
    int port;

    @Autowired
    Budgets one;

    @Autowired
    RateRows rateRows;

    @Autowired
    BudgetRows budgetRows;

    @Autowired
    io.micrometer.core.instrument.MeterRegistry meters;

    @Autowired
    AutowireCapableBeanFactory beans;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TransactionTemplate transactions;

    Budgets other;
    Client api;
    Payer payer;

    @BeforeEach
    void aTeam() {
        FakeServices.reset();
        api = new Client(port).ofTeam("team-" + UUID.randomUUID());
        payer = new Payer(UUID.fromString(api.get("/v2/auth/me").json().path("team_id").asString()), null, null, null);
        other = new Budgets(budgetRows, new Rates(rateRows), meters);
    }

    private void limit(String limit) {
        assertThat(api.post("/v2/budgets", "{\"scope\": \"team\", " + limit + "}").status()).isEqualTo(200);
    }

    private static Need need(long tokens) {
        return new Need("m", 0L, tokens, tokens);
    }

    /** Of so many calls at once, every second one to either gateway. @return the reservations of those that were let pass */
    private List<Reservation> reserve(int calls, Need need) throws Exception {
        var passed = new ArrayList<Reservation>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Callable<Object>>();
            for (var number = 0; number < calls; number++) {
                var gateway = number % 2 == 0 ? one : other;
                all.add(() -> {
                    try {
                        return gateway.reserve(payer, need, PAUSE);
                    } catch (ModelErrorException refused) {
                        return refused.error().status();
                    }
                });
            }
            for (var answer : threads.invokeAll(all)) {
                if (answer.get() instanceof Reservation reservation) {
                    passed.add(reservation);
                } else {
                    assertThat(answer.get()).isEqualTo(429);
                }
            }
        }
        return passed;
    }

    @Test
    void ofAHundredCallsAtOnceOverTwoGatewaysAsManyPassAsAMinuteHas() throws Exception {
        limit("\"requests_per_minute\": 19");
        assertThat(reserve(100, need(1))).hasSize(19);
    }

    @Test
    void aLargeLimitIsNotPassedEitherAndAlmostAllOfItCanBeUsed() throws Exception {
        limit("\"requests_per_minute\": 1000");
        // what one gateway has leased and does not need goes back when its second is over
        assertThat(reserve(3000, need(1)).size()).isBetween(900, 1000);
    }

    @Test
    void tokensAreTakenBeforeTheCallAndWhatItDidNotUseIsThereForOthers() throws Exception {
        limit("\"tokens_per_minute\": 1000");
        var passed = reserve(20, need(100));
        assertThat(passed).hasSize(10);
        passed.forEach(call -> call.settle(new Amount(0, 50)));
        one.tend();
        other.tend();
        await().untilAsserted(() -> assertThat(reserve(2, need(500))).hasSize(1));
    }

    @Test
    void aCallThatUsedMoreThanItTookHoldsUpWhoeverComesNext() {
        limit("\"tokens_per_minute\": 1000");
        one.reserve(payer, need(10), PAUSE).settle(new Amount(0, 5000));
        one.tend();
        assertThatExceptionOfType(ModelErrorException.class).isThrownBy(() -> other.reserve(payer, need(1), PAUSE)).satisfies(refused -> {
            assertThat(refused.error().message()).isEqualTo("This team is limited to 1000 tokens a minute. Try again later.");
            assertThat(refused.error().retryAfter()).isBetween(50.0, 60.0);
        });
    }

    @Test
    void soManyCallsGoOnAtOnceOverTwoGatewaysAndOneThatEndsMakesRoomAtEither() throws Exception {
        limit("\"calls_at_once\": 30");
        var passed = reserve(100, need(1));
        assertThat(passed).hasSize(30);
        passed.forEach(call -> call.settle(Amount.NONE));
        await().until(() -> {
            one.tend();
            other.tend();
            return reserve(1, need(1)).size() == 1;
        });
    }

    @Test
    void thePlacesOfADeadGatewayComeBack() throws Exception {
        limit("\"calls_at_once\": 1");
        other.reserve(payer, need(1), PAUSE);
        assertThat(reserve(1, need(1))).isEmpty();
        jdbc.sql("update budget_slices set expires_at = now() where replica = :dead").param("dead", other.replica()).update();
        budgetRows.sweep();
        assertThat(reserve(1, need(1))).hasSize(1);
    }

    @Test
    void whatIsTakenWhileMoreIsLeasedIsLeasedOnceMore() {
        limit("\"limit_tokens\": 300");
        var meanwhile = new AtomicReference<Runnable>(() -> {});
        var between = new BudgetRows(jdbc, transactions) {
            @Override
            Optional<BudgetRules.Answer> lease(UUID id, UUID replica, Amount need, int calls) {
                meanwhile.getAndSet(() -> {}).run();
                return super.lease(id, replica, need, calls);
            }
        };
        var gateway = new Budgets(between, new Rates(rateRows), meters);
        gateway.reserve(payer, need(100), PAUSE).settle(Amount.NONE);
        meanwhile.set(() -> gateway.reserve(payer, need(100), PAUSE)); // out of what is there
        gateway.reserve(payer, need(150), PAUSE);
        assertThat(budgetRows.of(payer.team())).singleElement().satisfies(budget -> assertThat(budget.held().tokens()).isEqualTo(250));
    }

    @Test
    void aCallThatAnotherLimitRefusesCountsForNone() {
        limit("\"requests_per_minute\": 1, \"limit_tokens\": 5");
        for (var time = 0; time < 3; time++) {
            assertThatExceptionOfType(ModelErrorException.class)
                    .isThrownBy(() -> one.reserve(payer, need(10), PAUSE))
                    .returns(402, refused -> refused.error().status());
        }
        one.reserve(payer, need(5), PAUSE);
    }
}
