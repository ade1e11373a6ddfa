// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CachesTests {

    private final AtomicLong now = new AtomicLong();
    private final CompletableFuture<String> answer = new CompletableFuture<>();

    @Test
    void whatIsAskedForMayComeThroughTheSharedPool() throws Exception {
        List<Thread> asking = new ArrayList<>();
        for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism(); i++) {
            asking.add(askForWhatIsOld());
        }

        CompletableFuture.runAsync(() -> answer.complete("new")); // as an HTTP client would

        assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("new");
        for (var one : asking) {
            one.join();
        }
    }

    /** What it knew is over and being asked for again, when the cache sets about its upkeep. */
    private Thread askForWhatIsOld() throws InterruptedException {
        var cache = Caches.builder().expireAfterWrite(Duration.ofMinutes(1)).ticker(now::get).<String, String>build();
        cache.put("key", "old");
        cache.cleanUp();
        now.addAndGet(Duration.ofMinutes(2).toNanos());
        var asked = new CountDownLatch(1);
        var asking = Thread.ofVirtual().start(() -> cache.get("key", key -> {
            asked.countDown();
            return answer.join();
        }));
        asked.await();
        cache.put("other", "new");
        return asking;
    }
}
