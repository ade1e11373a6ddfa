// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Component;

/**
 * Looks keys up in the database, one query at a time: whoever comes while one is under way is answered by the next, together with all the
 * others who came. So a flood of invented keys costs one connection and a query for each hundred, not the whole pool.
 */
@Component
class KeyLookup {

    private static final int TOGETHER = 100;

    private record Asked(ByteBuffer hash, CompletableFuture<Optional<ApiKey>> answer) {}

    private final ApiKeys keys;
    private final Queue<Asked> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock turn = new ReentrantLock(true);

    KeyLookup(ApiKeys keys) {
        this.keys = keys;
    }

    /**
     * The key with this hash, unless it is revoked.
     *
     * @throws org.springframework.dao.DataAccessException if the database cannot be asked now
     */
    Optional<ApiKey> find(ByteBuffer hash) {
        var mine = new Asked(hash, new CompletableFuture<>());
        waiting.add(mine);
        turn.lock();
        try {
            while (!mine.answer().isDone()) {
                answer(next());
            }
        } finally {
            turn.unlock();
        }
        try {
            return mine.answer().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    private List<Asked> next() {
        var together = new ArrayList<Asked>();
        for (Asked asked; together.size() < TOGETHER && (asked = waiting.poll()) != null; ) {
            together.add(asked);
        }
        return together;
    }

    private void answer(List<Asked> together) {
        try {
            var found = keys.findByHashInAndRevokedAtIsNull(together.stream().map(asked -> asked.hash().array()).toList());
            for (var asked : together) {
                asked.answer().complete(found.stream().filter(key -> ByteBuffer.wrap(key.hash()).equals(asked.hash())).findFirst());
            }
        } catch (RuntimeException e) {
            together.forEach(asked -> asked.answer().completeExceptionally(e));
        }
    }
}
