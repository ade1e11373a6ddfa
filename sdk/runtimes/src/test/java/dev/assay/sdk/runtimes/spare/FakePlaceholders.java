// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.spare;

import java.util.Map;
import java.util.UUID;

/**
 * Those of a door that shows nobody what they stand for.
 *
 * @param values what each stands for: nothing as yet, or a run's value
 */
public record FakePlaceholders(Map<String, String> values) implements Placeholders {

    @Override
    public String fresh() {
        var placeholder = UUID.randomUUID().toString();
        values.put(placeholder, "");
        return placeholder;
    }

    @Override
    public boolean fill(String placeholder, String value) {
        return values.replace(placeholder, "", value);
    }

    @Override
    public void drop(String placeholder) {
        values.remove(placeholder);
    }
}
