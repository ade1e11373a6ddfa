// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders of sandboxes that could not be cleared away when they were over: said once, counted, and tried again whenever somebody reaps. */
final class Leftovers {

    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final Set<Path> folders = ConcurrentHashMap.newKeySet();
    private final AtomicLong count = new AtomicLong();

    void add(Path folder, String why) {
        if (folders.add(folder)) {
            count.incrementAndGet();
            LOG.warn("{} is left, and will be tried again: {}", folder, why);
        }
    }

    boolean contains(Path folder) {
        return folders.contains(folder);
    }

    /** Nothing is left of it any more. */
    void gone(Path folder) {
        folders.remove(folder);
    }

    /** How many there have been, whatever has become of them. */
    long count() {
        return count.get();
    }
}
