// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys;
import dev.assay.kit.web.TimeLeft;
import dev.assay.testsupport.TestPlatform;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** How often the database is asked for keys, which here is a list that counts. */
class KeyLookupTests {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration JUST_OVER = KnownKeys.BRIEFLY.plusMillis(1);

    private final Map<ByteBuffer, Holder> rows = new HashMap<>();
    private final List<Integer> queries = new ArrayList<>();
    private int beginningsRead;
    private volatile CountDownLatch mayAnswer = new CountDownLatch(0);
    private final CountDownLatch firstQuery = new CountDownLatch(1);
    private volatile boolean down;
    private final AtomicLong now = new AtomicLong();
    private final LockOut lockOut = new LockOut(now::get);
    private final Callers callers = new Callers(
            new KeyLookup<>(this::holders), new KeysThereAre(this::beginnings, now::get), lockOut,
            new RunKeys(TestPlatform.signatures(Party.service("gateway-service"))), now::get);

    private Map<ByteBuffer, Holder> holders(List<byte[]> hashes) {
        queries.add(hashes.size());
        firstQuery.countDown();
        try {
            mayAnswer.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (down) {
            throw new DataAccessResourceFailureException("down");
        }
        var found = new HashMap<>(rows);
        found.keySet().retainAll(hashes.stream().map(ByteBuffer::wrap).toList());
        return found;
    }

    private long[] beginnings() {
        beginningsRead++;
        return rows.keySet().stream().mapToLong(hash -> hash.getLong(0)).toArray();
    }

    private String key() {
        var text = KeyText.random();
        add(text);
        return text.value();
    }

    private void add(KeyText text) {
        add(text, null);
    }

    private void add(KeyText text, @Nullable Instant expires) {
        var id = UUID.randomUUID();
        rows.put(ByteBuffer.wrap(text.hash()), new Holder(
                new Caller(TeamId.random(), UserId.random(), Role.MEMBER), id, id, Scopes.ALL, expires, null, new KeyUse()));
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private void guessUntilLockedOut(String address) {
        for (int guess = 0; guess < Guesses.MOST; guess++) {
            callers.refusal(KeyText.random().value(), () -> address);
        }
    }

    @Test
    void whoeverGivesTheirRequestNoTimeDoesNotMakeOthersQuestionsFail() {
        var request = new MockHttpServletRequest();
        TimeLeft.set(request, Duration.ZERO);
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
        try {
            assertThat(TimeLeft.isOver()).isTrue();
            var over = new KeyLookup<Boolean>(
                    hashes -> hashes.stream().collect(Collectors.toMap(hash -> ByteBuffer.wrap(hash), hash -> TimeLeft.isOver())));
            assertThat(over.find(ByteBuffer.wrap(new byte[8]))).contains(false);
        } finally {
            RequestContextHolder.resetRequestAttributes();
        }
    }

    @Test
    void fromAnAddressThatGuessesAKeyThatNobodyHasIsNoQuestionForTheDatabaseAndAGoodOneIsTaken() {
        guessUntilLockedOut("192.0.2.7");
        for (int guess = 0; guess < 1000; guess++) {
            assertThat(callers.person(KeyText.random().value(), () -> "192.0.2.7")).isEmpty();
        }
        assertThat(queries).isEmpty();
        assertThat(beginningsRead).isEqualTo(1);
        var made = key();
        pass(JUST_OVER);
        assertThat(callers.person(made, () -> "192.0.2.7")).isPresent();
        assertThat(callers.person(KeyText.random().value(), () -> "192.0.2.8")).isEmpty();
        assertThat(queries).hasSize(2);
    }

    @Test
    void whatIsNoKeyIsNoQuestionForTheDatabase() {
        for (var text : new String[] {
            "", "ask_", "sk-proj-1", "ask_" + "x".repeat(42), "ask_" + "x".repeat(44), "ask_" + "ä".repeat(43), "ark_x"
        }) {
            assertThat(callers.person(text)).isEmpty();
        }
        assertThat(queries).isEmpty();
    }

    @Test
    void anUnknownKeyIsAskedForOnceHoweverOftenItComes() {
        var unknown = KeyText.random().value();
        for (int times = 0; times < 100; times++) {
            assertThat(callers.person(unknown)).isEmpty();
        }
        assertThat(queries).hasSize(1);
    }

    @Test
    void unknownKeysDoNotPushAGoodOneOut() {
        var good = key();
        assertThat(callers.person(good)).isPresent();
        for (int tried = 0; tried < 30_000; tried++) {
            callers.person(KeyText.random().value());
        }
        queries.clear();
        assertThat(callers.person(good)).isPresent();
        assertThat(queries).isEmpty();
    }

    @Test
    void aRevokedKeyOpensNothingAfterTwoSeconds() {
        var revoked = key();
        var entrant = callers.reader(revoked, Callers.ANYWHERE).orElseThrow();
        rows.clear();
        assertThat(entrant.stillStands()).isTrue();
        pass(JUST_OVER);
        assertThat(entrant.stillStands()).isFalse();
        assertThat(callers.person(revoked)).isEmpty();
    }

    @Test
    void aStreamEndsWhoseCallerMayCallModelsNoMore() {
        var key = key();
        var client = new ModelClients(callers, null, null, null, Clock.systemUTC())
                .of(name -> name.equals("x-api-key") ? key : null, null, Callers.ANYWHERE);
        pass(JUST_OVER);
        assertThat(client.standing().getAsBoolean()).isTrue();
        rows.replaceAll((hash, holder) -> Holder.without(new Caller(holder.caller().team(), holder.caller().user(), Role.VIEWER)));
        pass(JUST_OVER);
        assertThat(client.standing().getAsBoolean()).isFalse();
    }

    @Test
    void aKeyThatComesToBeIsKnownAfterTwoSeconds() {
        var text = KeyText.random();
        assertThat(callers.person(text.value())).isEmpty();
        add(text);
        pass(JUST_OVER);
        assertThat(callers.person(text.value())).isPresent();
    }

    @Test
    void aBurstWithOneKeyAsksOnce() throws Exception {
        var good = key();
        mayAnswer = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = IntStream.range(0, 200)
                    .mapToObj(unused -> CompletableFuture.supplyAsync(() -> callers.person(good), threads))
                    .toList();
            firstQuery.await();
            mayAnswer.countDown();
            assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isPresent());
        }
        assertThat(queries).hasSize(1);
    }

    @Test
    void aFloodOfInventedKeysTakesOneConnectionAndAQueryForManyOfThem() throws Exception {
        var good = key();
        mayAnswer = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = CompletableFuture.supplyAsync(() -> callers.person(KeyText.random().value()), threads);
            firstQuery.await();
            var flood = IntStream.range(0, 1000)
                    .mapToObj(unused -> CompletableFuture.supplyAsync(() -> callers.person(KeyText.random().value()), threads))
                    .toList();
            var mine = CompletableFuture.supplyAsync(() -> callers.person(good), threads);
            mayAnswer.countDown();
            assertThat(first.join()).isEmpty();
            assertThat(flood).allSatisfy(answer -> assertThat(answer.join()).isEmpty());
            assertThat(mine.join()).isPresent();
        }
        assertThat(queries.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1002);
        assertThat(queries).allSatisfy(together -> assertThat(together).isLessThanOrEqualTo(100));
    }

    @Test
    void aDatabaseThatIsAwayIsNoReasonToForgetWhoIsKnownNorToRememberThatNobodyIs() {
        var known = key();
        callers.person(known);
        var late = key();
        down = true;
        assertThat(callers.person(known)).isPresent();
        assertThatThrownBy(() -> callers.person(late)).isInstanceOf(DataAccessResourceFailureException.class);
        down = false;
        assertThat(callers.person(late)).isPresent();
    }

    @Test
    void spansAreTakenWithAKeyThatWasGoodWhileTheDatabaseHangs() {
        var known = key();
        callers.sender(known, NOW);
        pass(JUST_OVER);
        mayAnswer = new CountDownLatch(1);
        assertThat(callers.sender(known, NOW)).isPresent();
        pass(KnownKeys.PATIENCE);
        for (int upload = 0; upload < 1000; upload++) {
            assertThat(callers.sender(known, NOW)).isPresent();
        }
        assertThat(queries).as("one question is open").hasSize(2);
        mayAnswer.countDown();
        assertThat(callers.person(known)).isPresent();
    }

    @Test
    void spansAreTakenForAnHourWithAKeyThatWasGoodWhileTheDatabaseIsAwayAndNothingElseIs() {
        var known = key();
        callers.sender(known, NOW);
        down = true;
        pass(JUST_OVER);
        assertThat(callers.sender(known, NOW)).isPresent();
        assertThatThrownBy(() -> callers.person(known)).isInstanceOf(DataAccessResourceFailureException.class);
        pass(KnownKeys.HOLDS);
        assertThatThrownBy(() -> callers.sender(known, NOW)).isInstanceOf(DataAccessResourceFailureException.class);
    }

    @Test
    void aKeyThatWasRevokedOrHasEndedSendsNoSpansWhetherOrNotTheDatabaseIsThere() {
        var revoked = key();
        var ending = KeyText.random();
        add(ending, NOW.plusSeconds(60));
        callers.sender(revoked, NOW);
        callers.sender(ending.value(), NOW);
        rows.remove(ByteBuffer.wrap(new KeyText(revoked).hash()));
        pass(JUST_OVER);
        assertThat(callers.sender(revoked, NOW)).isEmpty();
        down = true;
        assertThat(callers.sender(ending.value(), NOW.plusSeconds(59))).isPresent();
        assertThat(callers.sender(ending.value(), NOW.plusSeconds(60))).isEmpty();
        pass(JUST_OVER);
        assertThatThrownBy(() -> callers.sender(revoked, NOW)).isInstanceOf(DataAccessResourceFailureException.class);
    }
}
