// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Headers: names without case, several values a name, in the order in which they came. Never changed. */
public final class Fields {

    public static final Fields NONE = new Fields(new String[0]);

    /** Names in lower case, each before its value: there are few, and looking through them is faster than keeping them in order. */
    private final String[] pairs;

    private Fields(String[] pairs) {
        this.pairs = pairs;
    }

    public static Fields of(Map<String, List<String>> headers) {
        var builder = new Builder();
        headers.forEach((name, values) -> values.forEach(value -> builder.add(name, value)));
        return builder.build();
    }

    public static Builder builder() {
        return new Builder();
    }

    public Optional<String> first(String name) {
        var wanted = name.toLowerCase(Locale.ROOT);
        for (var at = 0; at < pairs.length; at += 2) {
            if (pairs[at].equals(wanted)) {
                return Optional.of(pairs[at + 1]);
            }
        }
        return Optional.empty();
    }

    public List<String> all(String name) {
        var wanted = name.toLowerCase(Locale.ROOT);
        var all = new ArrayList<String>(1);
        for (var at = 0; at < pairs.length; at += 2) {
            if (pairs[at].equals(wanted)) {
                all.add(pairs[at + 1]);
            }
        }
        return all.isEmpty() ? List.of() : Collections.unmodifiableList(all);
    }

    /** Names are told in lower case. */
    public void forEach(BiConsumer<String, String> each) {
        for (var at = 0; at < pairs.length; at += 2) {
            each.accept(pairs[at], pairs[at + 1]);
        }
    }

    public static final class Builder {

        private String[] pairs = new String[16];
        private int length;

        private Builder() {}

        public Builder add(String name, String value) {
            return put(name.toLowerCase(Locale.ROOT), Objects.requireNonNull(value));
        }

        public Builder addAll(Fields fields) {
            fields.forEach(this::put);
            return this;
        }

        private Builder put(String name, String value) {
            if (length == pairs.length) {
                pairs = Arrays.copyOf(pairs, 2 * length);
            }
            pairs[length++] = name;
            pairs[length++] = value;
            return this;
        }

        public Fields build() {
            return length == 0 ? NONE : new Fields(Arrays.copyOf(pairs, length));
        }
    }
}
