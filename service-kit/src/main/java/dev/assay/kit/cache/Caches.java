// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.cache;

import com.github.benmanes.caffeine.cache.Caffeine;

/** Begins every cache. */
public final class Caches {

    private Caches() {}

    /**
     * One whose upkeep has threads of its own. An entry that is being asked for holds up the removal of its neighbours. By itself a cache does
     * that in the pool of threads that the JVM shares, of which a machine with two processors has one, and through which answers to HTTP
     * requests come: if such an answer is what is asked for, it waits behind the upkeep that waits for it.
     */
    public static Caffeine<Object, Object> builder() {
        return Caffeine.newBuilder().executor(Thread::startVirtualThread);
    }
}
