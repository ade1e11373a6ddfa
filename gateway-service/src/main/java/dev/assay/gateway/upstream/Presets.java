// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.PropertyResolver;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The providers of {@code presets.yaml}, and those of them that the process's environment has a key for. */
final class Presets {

    static final String COMPATIBLE = "openai-compatible";

    private static final Map<String, Preset> ALL = read();

    private Presets() {}

    /** @throws IllegalArgumentException if there is none of that name */
    static Preset named(String name) {
        var preset = ALL.get(name.strip().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (preset == null) {
            throw new IllegalArgumentException("there is no preset '" + name + "', only " + String.join(", ", names()));
        }
        return preset;
    }

    static List<String> names() {
        return ALL.keySet().stream().sorted().toList();
    }

    /**
     * An upstream for each {@code ASSAY_<PRESET>_API_KEY}, or {@code _BASE_URL} of one that needs no key.
     *
     * @throws IllegalArgumentException if something lacks that such an upstream needs
     */
    static List<UpstreamSettings> inEnvironment(PropertyResolver environment) {
        var found = new ArrayList<UpstreamSettings>();
        for (var name : names()) {
            var variables = "ASSAY_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
            var key = text(environment, variables + "_API_KEY");
            var base = text(environment, variables + "_BASE_URL");
            if (!name.equals(COMPATIBLE) && (key != null || base != null && ALL.get(name).keyless())) {
                found.add(of(name, key, base, text(environment, variables + "_REGION"), text(environment, variables + "_MODELS"), variables));
            }
        }
        return List.copyOf(found);
    }

    private static UpstreamSettings of(
            String name, @Nullable String key, @Nullable String base, @Nullable String region, @Nullable String models, String variables) {
        var preset = ALL.get(name);
        var address = Objects.requireNonNullElse(base, Objects.requireNonNullElse(preset.baseUrl(), ""));
        if (address.isEmpty()) {
            throw new IllegalArgumentException(variables + "_API_KEY is set, but not " + variables + "_BASE_URL: where is it?");
        }
        if (address.contains("${region}") && region == null) {
            throw new IllegalArgumentException(variables + "_API_KEY is set, but not " + variables + "_REGION");
        }
        return new UpstreamSettings(
                name, name, base, key == null ? "" : key, region, models == null ? List.of() : Arrays.asList(models.split(",")), null);
    }

    /** Empty is as good as absent: whoever passes variables on passes those that nobody set on as well. */
    private static @Nullable String text(PropertyResolver environment, String name) {
        var value = environment.getProperty(name, "").strip();
        return value.isEmpty() ? null : value;
    }

    private static Map<String, Preset> read() {
        try (var file = Objects.requireNonNull(Presets.class.getResourceAsStream("/presets.yaml"), "presets.yaml")) {
            return YAMLMapper.builder()
                    .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                    .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES) // what is not said is not so
                    .build()
                    .readValue(file, new TypeReference<>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
