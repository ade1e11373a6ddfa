// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Headers: names without case, several values a name, in the order in which they came. Never changed. */
public final class Fields {

    public static final Fields NONE = new Fields(new TreeMap<>());

    private final Map<String, List<String>> byName;

    private Fields(TreeMap<String, List<String>> byName) {
        this.byName = Collections.unmodifiableMap(byName);
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
        return all(name).stream().findFirst();
    }

    public List<String> all(String name) {
        return byName.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    /** Names are told in lower case. */
    public void forEach(BiConsumer<String, String> each) {
        byName.forEach((name, values) -> values.forEach(value -> each.accept(name, value)));
    }

    public static final class Builder {

        private final TreeMap<String, List<String>> byName = new TreeMap<>();

        private Builder() {}

        public Builder add(String name, String value) {
            byName.computeIfAbsent(name.toLowerCase(Locale.ROOT), n -> new ArrayList<>(1)).add(value);
            return this;
        }

        public Builder addAll(Fields fields) {
            fields.forEach(this::add);
            return this;
        }

        public Fields build() {
            return new Fields(byName);
        }
    }
}
