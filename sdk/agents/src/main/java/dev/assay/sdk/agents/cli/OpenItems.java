// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a program told of as begun and not yet as ended. A program that only ever begins must not fill the memory. */
final class OpenItems<T> {

    private static final int MOST = 1_000;

    /** Characters. */
    private static final int MOST_TEXT = 16 << 20;

    private record Item<T>(T value, int size) {}

    private final String program;
    private final Map<String, Item<T>> items = new HashMap<>();
    private int size;

    OpenItems(String program) {
        this.program = program;
    }

    /**
     * @param held how many characters the value holds, roughly
     * @throws CliException if too much is open
     */
    void begin(String id, T value, int held) throws CliException {
        end(id);
        items.put(id, new Item<>(value, held + id.length()));
        size += held + id.length();
        if (items.size() > MOST || size > MOST_TEXT) {
            throw new CliException(program + " began " + items.size() + " things of " + size + " characters and ended none of them; at most "
                    + MOST + " of " + MOST_TEXT + " characters may be under way");
        }
    }

    /** What was begun by that name; null: nothing. */
    @Nullable T end(String id) {
        var item = items.remove(id);
        if (item == null) {
            return null;
        }
        size -= item.size();
        return item.value();
    }

    /** In order. */
    List<String> ids() {
        return items.keySet().stream().sorted().toList();
    }
}
