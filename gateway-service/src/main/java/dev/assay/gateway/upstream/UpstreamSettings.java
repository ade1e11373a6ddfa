// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Operation;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An upstream that is reached over HTTP: one of {@code assay.upstreams}, or one that a preset's variables make.
 *
 * @param name how the catalog calls it
 * @param preset what else is known of it
 * @param baseUrl what stands before the paths of its dialects; null: the preset's
 * @param apiKey empty: none is sent
 * @param region where the preset's address asks for one
 * @param models the only ones that are offered, as the upstream calls them; empty: all that it lists
 * @param lists whether it is asked what it serves; null: as the preset says
 * @param limits how long it is waited for
 * @param isPassing whether it is there for a while only: its models are then called after it, so that two which serve the same do not hide
 *     each other
 */
record UpstreamSettings(
        String name,
        @DefaultValue(Presets.COMPATIBLE) String preset,
        @Nullable String baseUrl,
        @DefaultValue("") String apiKey,
        @Nullable String region,
        @DefaultValue List<String> models,
        @Nullable Boolean lists,
        @DefaultValue Limits limits,
        @DefaultValue("false") boolean isPassing) {

    @ConstructorBinding
    UpstreamSettings {
        if (name == null || name.isBlank()) {
            throw new IllegalArgumentException("every one of assay.upstreams needs a name");
        }
        var known = Presets.named(preset);
        if (isBlank(baseUrl) && known.baseUrl() == null) {
            throw new IllegalArgumentException("every one of assay.upstreams needs a name and a base-url: '" + name + "' has none");
        }
        baseUrl = isBlank(baseUrl) ? null : address(name, baseUrl.strip());
        models = models.stream().map(String::strip).filter(model -> !model.isEmpty()).toList();
    }

    /** One that is waited for as long as any. */
    UpstreamSettings(
            String name, String preset, @Nullable String baseUrl, String apiKey, @Nullable String region, List<String> models,
            @Nullable Boolean lists) {
        this(name, preset, baseUrl, apiKey, region, models, lists, Limits.NONE, false);
    }

    Preset known() {
        return Presets.named(preset);
    }

    /** In which dialects a model is asked. One with an address of its own has none where the operator moved the others elsewhere. */
    List<Dialect> speaks(Operation operation, String model) {
        var all = known().speaks(operation, model);
        return baseUrl == null || known().baseUrls().isEmpty() ? all : all.stream().filter(dialect -> !known().baseUrls().containsKey(dialect)).toList();
    }

    /** What stands before a dialect's paths. */
    String base(Dialect dialect) {
        var base = baseUrl != null ? baseUrl : known().baseUrls().getOrDefault(dialect, known().baseUrl());
        return base.replace("${region}", region == null ? "" : region);
    }

    boolean isListed() {
        return lists != null ? lists : known().lists();
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }

    private static String address(String name, String baseUrl) {
        try {
            var uri = new URI(baseUrl);
            var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (!List.of("http", "https").contains(scheme) || uri.getHost() == null || uri.getUserInfo() != null || uri.getQuery() != null) {
                throw new IllegalArgumentException(
                        "the base-url of '" + name + "' has to be http:// or https:// with a host, and without a user or a query");
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the base-url of '" + name + "' is no address: " + e.getReason(), e);
        }
        return baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl;
    }

    /** Keys stay out of logs. */
    @Override
    public String toString() {
        return name + " at " + base(known().dialects().getFirst());
    }
}
