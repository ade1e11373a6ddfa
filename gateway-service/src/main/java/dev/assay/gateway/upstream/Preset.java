// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Operation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a provider, whoever's key is used: an entry of {@code presets.yaml}, which says what each member means.
 *
 * @param baseUrl null: whoever uses the preset names it
 * @param baseUrls of dialects that have an address of their own
 * @param only how the names of models begin that are asked in this dialect alone
 * @param scheme what stands before the credential, with its blank
 */
record Preset(
        @JsonProperty("base-url") @Nullable String baseUrl,
        List<Dialect> dialects,
        @JsonProperty("base-urls") @Nullable Map<Dialect, String> baseUrls,
        @Nullable Map<Dialect, String> only,
        boolean embeds,
        @JsonProperty("counts-tokens") boolean countsTokens,
        @Nullable String header,
        @Nullable String scheme,
        boolean keyless,
        boolean lists,
        boolean plain) {

    Preset {
        baseUrls = baseUrls == null ? Map.of() : Map.copyOf(baseUrls);
        only = only == null ? Map.of() : Map.copyOf(only);
        header = header == null ? "Authorization" : header;
        scheme = scheme == null ? "Bearer " : scheme;
    }

    /** In which dialects a model is asked, the best first. */
    List<Dialect> speaks(Operation operation, String model) {
        var reserved = only.isEmpty() ? List.<Dialect>of() : dialects.stream().filter(dialect -> only.containsKey(dialect) && model.startsWith(only.get(dialect))).toList();
        var possible = only.isEmpty() ? dialects : reserved.isEmpty() ? dialects.stream().filter(dialect -> !only.containsKey(dialect)).toList() : reserved;
        return switch (operation) {
            case GENERATE -> possible;
            case COUNT_TOKENS -> countsTokens ? those(possible, Dialect.MESSAGES, Dialect.GEMINI) : List.of();
            case EMBED -> embeds ? those(possible, Dialect.CHAT, Dialect.GEMINI) : List.of();
            case EMBED_BATCH -> embeds ? those(possible, Dialect.GEMINI) : List.of();
        };
    }

    private static List<Dialect> those(List<Dialect> possible, Dialect... wanted) {
        return possible.stream().filter(List.of(wanted)::contains).toList();
    }
}
