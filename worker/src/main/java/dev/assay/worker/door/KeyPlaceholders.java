// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import dev.assay.kit.identity.RunKeys;
import dev.assay.sdk.runtimes.spare.Placeholders;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** Keys that stand in containers for those of runs. Beyond this worker's door they are nobody's. */
@Component
public final class KeyPlaceholders implements Placeholders {

    private static final String NOTHING = "";
    private static final String PREFIX = RunKeys.PREFIX + "spare_";
    private static final Pattern PLACEHOLDER = Pattern.compile(PREFIX + "[0-9a-f]{32}");

    private final Map<String, String> keys = new ConcurrentHashMap<>();

    /** It begins as a run's key does, for whoever looks at that much of it. */
    @Override
    public String fresh() {
        var placeholder = PREFIX + UUID.randomUUID().toString().replace("-", "");
        keys.put(placeholder, NOTHING);
        return placeholder;
    }

    @Override
    public boolean fill(String placeholder, String value) {
        return keys.replace(placeholder, NOTHING, value);
    }

    @Override
    public void drop(String placeholder) {
        keys.remove(placeholder);
    }

    /** The text with keys of runs in place of what stands for them. */
    String replaced(String text) {
        return PLACEHOLDER.matcher(text).replaceAll(found -> Matcher.quoteReplacement(key(found.group())));
    }

    /** One that is shown before it is filled will never be: whoever shows it has learnt that it opens nothing. */
    private String key(String shown) {
        return keys.remove(shown, NOTHING) ? shown : Objects.requireNonNullElse(keys.get(shown), shown);
    }
}
