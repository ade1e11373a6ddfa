// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.kit.web.TimeLeft;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Looks keys up in the database by their hashes, one query at a time: whoever comes while one is under way is answered by the next,
 * together with all the others who came. So a flood of invented keys costs one connection and a query for each hundred, not the whole pool.
 */
final class KeyLookup<T> {

    private static final int TOGETHER = 100;

    private record Asked<T>(ByteBuffer hash, CompletableFuture<Optional<T>> answer) {}

    private final Function<List<byte[]>, Map<ByteBuffer, T>> database;
    private final Queue<Asked<T>> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock turn = new ReentrantLock(true);

    /** @param database what is known of these hashes, and of no others */
    KeyLookup(Function<List<byte[]>, Map<ByteBuffer, T>> database) {
        this.database = database;
    }

    /**
     * What stands behind this hash; empty: nothing, or nothing any more.
     *
     * @throws org.springframework.dao.DataAccessException if the database cannot be asked now
     */
    Optional<T> find(ByteBuffer hash) {
        var mine = new Asked<T>(hash, new CompletableFuture<>());
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

    private List<Asked<T>> next() {
        var together = new ArrayList<Asked<T>>();
        for (Asked<T> asked; together.size() < TOGETHER && (asked = waiting.poll()) != null; ) {
            together.add(asked);
        }
        return together;
    }

    private void answer(List<Asked<T>> together) {
        try {
            var hashes = together.stream().map(asked -> asked.hash().array()).toList();
            var found = TimeLeft.forOthersToo(() -> database.apply(hashes));
            together.forEach(asked -> asked.answer().complete(Optional.ofNullable(found.get(asked.hash()))));
        } catch (RuntimeException e) {
            together.forEach(asked -> asked.answer().completeExceptionally(e));
        }
    }
}
