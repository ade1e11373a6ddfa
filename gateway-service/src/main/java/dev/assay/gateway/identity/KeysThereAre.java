// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Ticker;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the hashes of all good keys begin with, read once in two seconds at most and only while somebody guesses: so a key that nobody has
 * is told from a good one without a question to the database for each.
 */
final class KeysThereAre {

    private record Read(long[] sorted, long at) {}

    private final Supplier<long[]> database;
    private final Ticker time;
    private @Nullable Read read;

    KeysThereAre(Supplier<long[]> database, Ticker time) {
        this.database = database;
        this.time = time;
    }

    /**
     * Whether there may be such a key.
     *
     * @throws org.springframework.dao.DataAccessException if the database cannot be asked now
     */
    boolean may(ByteBuffer hash) {
        return Arrays.binarySearch(sorted(), hash.getLong(hash.position())) >= 0;
    }

    private synchronized long[] sorted() {
        var known = read;
        if (known == null || time.read() - known.at() > KnownKeys.BRIEFLY.toNanos()) {
            var sorted = database.get();
            Arrays.sort(sorted);
            known = new Read(sorted, time.read());
            read = known;
        }
        return known.sorted();
    }
}
