// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.kafka;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.kafka.listener.BatchListenerFailedException;

/** How a listener takes what came at once: in one go, or, where that does not go, one after the other up to the one that is at fault. */
public final class TogetherOrAlone {

    private TogetherOrAlone() {}

    /**
     * Applies all records or none, and then those before the first that fails.
     *
     * @param apply takes all or none of what it is given; what was applied before may come again
     * @throws BatchListenerFailedException which record cannot be applied, and why: those before it have been
     */
    public static <T> void apply(List<String> records, Function<String, T> read, Consumer<List<T>> apply) {
        try {
            apply.accept(records.stream().map(read).toList());
        } catch (RuntimeException together) {
            for (int i = 0; i < records.size(); i++) {
                try {
                    apply.accept(List.of(read.apply(records.get(i))));
                } catch (RuntimeException alone) {
                    throw new BatchListenerFailedException("a record cannot be applied", alone, i);
                }
            }
        }
    }
}
