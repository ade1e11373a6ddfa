// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys;
import dev.assay.testsupport.TestPlatform;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

/** How often the database is asked for keys, which here is a list that counts. */
class KeyLookupTests {

    private final List<ApiKey> rows = new ArrayList<>();
    private final List<Integer> queries = new ArrayList<>();
    private volatile CountDownLatch mayAnswer = new CountDownLatch(0);
    private final CountDownLatch firstQuery = new CountDownLatch(1);
    private volatile boolean down;
    private final AtomicLong now = new AtomicLong();
    private final ApiKeys database = new ApiKeys() {
        @Override
        public ApiKey save(ApiKey key) {
            rows.add(key);
            return key;
        }

        @Override
        public List<Holder> holders(List<byte[]> hashes) {
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
            return rows.stream()
                    .filter(row -> hashes.stream().anyMatch(hash -> Arrays.equals(hash, row.hash())))
                    .map(row -> new Holder(row.getId(), row.hash(), row.team().value(), row.user().value(), Role.MEMBER))
                    .toList();
        }

        @Override
        public List<ApiKey> findByTeamIdAndRevokedAtIsNullOrderByCreatedAtAscIdAsc(UUID teamId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<ApiKey> findByIdAndTeamIdAndRevokedAtIsNull(UUID id, UUID teamId) {
            throw new UnsupportedOperationException();
        }
    };
    private final Callers callers = new Callers(
            database, new RunKeys(TestPlatform.signatures(Party.service("gateway-service"))), now::get);

    private String key() {
        var text = KeyText.random();
        rows.add(new ApiKey(TeamId.random(), UserId.random(), "k", text, Instant.EPOCH));
        return text.value();
    }

    @Test
    void whatIsNoKeyIsNoQuestionForTheDatabase() {
        for (var text : new String[] {
            "", "ask_", "sk-proj-1", "ask_" + "x".repeat(42), "ask_" + "x".repeat(44), "ask_" + "ä".repeat(43), "ark_x"
        }) {
            assertThat(callers.holder(text)).isEmpty();
        }
        assertThat(queries).isEmpty();
    }

    @Test
    void anUnknownKeyIsAskedForOnceHoweverOftenItComes() {
        var unknown = KeyText.random().value();
        for (int times = 0; times < 100; times++) {
            assertThat(callers.holder(unknown)).isEmpty();
        }
        assertThat(queries).hasSize(1);
    }

    @Test
    void unknownKeysDoNotPushAGoodOneOut() {
        var good = key();
        assertThat(callers.holder(good)).isPresent();
        for (int tried = 0; tried < 30_000; tried++) {
            callers.holder(KeyText.random().value());
        }
        queries.clear();
        assertThat(callers.holder(good)).isPresent();
        assertThat(queries).isEmpty();
    }

    @Test
    void aRevokedKeyOpensNothingAfterTwoSeconds() {
        var revoked = key();
        var entrant = callers.holder(revoked).orElseThrow();
        rows.clear();
        assertThat(entrant.stillStands()).isTrue();
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(2_001));
        assertThat(entrant.stillStands()).isFalse();
        assertThat(callers.holder(revoked)).isEmpty();
    }

    @Test
    void aKeyThatComesToBeIsKnownAfterTwoSeconds() {
        var text = KeyText.random();
        assertThat(callers.holder(text.value())).isEmpty();
        rows.add(new ApiKey(TeamId.random(), UserId.random(), "k", text, Instant.EPOCH));
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(2_001));
        assertThat(callers.holder(text.value())).isPresent();
    }

    @Test
    void aBurstWithOneKeyAsksOnce() throws Exception {
        var good = key();
        mayAnswer = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = IntStream.range(0, 200)
                    .mapToObj(unused -> CompletableFuture.supplyAsync(() -> callers.holder(good), threads))
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
            var first = CompletableFuture.supplyAsync(() -> callers.holder(KeyText.random().value()), threads);
            firstQuery.await();
            var flood = IntStream.range(0, 1000)
                    .mapToObj(unused -> CompletableFuture.supplyAsync(() -> callers.holder(KeyText.random().value()), threads))
                    .toList();
            var mine = CompletableFuture.supplyAsync(() -> callers.holder(good), threads);
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
        callers.holder(known);
        var late = key();
        down = true;
        assertThat(callers.holder(known)).isPresent();
        assertThatThrownBy(() -> callers.holder(late)).isInstanceOf(DataAccessResourceFailureException.class);
        down = false;
        assertThat(callers.holder(late)).isPresent();
    }
}
