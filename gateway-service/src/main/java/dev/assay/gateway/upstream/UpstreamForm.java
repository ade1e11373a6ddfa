// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What people enter of an upstream, field by field. Pure. */
final class UpstreamForm {

    static final int LONGEST = 2000;
    /** A service account's is a JSON document. */
    static final int LONGEST_CREDENTIAL = 8000;
    static final int LONGEST_SECONDS = 86_400;
    static final int MOST_MODELS = 200;
    static final int LONGEST_MODEL = 200;

    /** Calls that are answered out of a recording are booked under this name. */
    private static final String RECORDING = "recording";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private UpstreamForm() {}

    /** What is entered, or changed: what is left out of a change stays. */
    @Schema(name = "UpstreamRequest", example = "{\"name\": \"our-azure\", \"preset\": \"azure\","
            + " \"base_url\": \"https://our-resource.openai.azure.com/openai/v1\", \"credential\": \"0123456789abcdef\"}")
    record Request(
            @Schema(minLength = 1, maxLength = 63, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$",
                    description = "How the catalog's models name it. One of everybody's is hidden from the team by one of its own of "
                            + "that name.")
                    @Nullable String name,
            @Schema(maxLength = 63, pattern = "^[a-z0-9-]*$",
                    description = "What is known of it: openai, anthropic, google, …; openai-compatible if left out")
                    @Nullable String preset,
            @Schema(maxLength = LONGEST, pattern = "^[!-~]*$", description = "What stands before its paths; the preset's if left out")
                    @Nullable String base_url,
            @Schema(maxLength = 63, pattern = "^[a-z0-9-]*$", description = "Where the preset's address asks for one")
                    @Nullable String region,
            @Schema(maxLength = LONGEST_CREDENTIAL,
                    description = "Sealed at rest, never shown again. Empty: none is sent. Of the preset vertex a service account's "
                            + "JSON will do too")
                    @Nullable String credential,
            @Schema(description = "Whether it is asked; true if left out") @Nullable Boolean enabled,
            @ArraySchema(maxItems = MOST_MODELS, schema = @Schema(minLength = 1, maxLength = LONGEST_MODEL, pattern = "^[!-~]+$"),
                    arraySchema = @Schema(description = "The only models of it that are offered, as it calls them. Empty: all that it lists"))
                    @Nullable List<String> models,
            @Schema(description = "Whether it is asked which models it serves; as its preset says if left out") @Nullable Boolean lists,
            @Schema(description = "How long it is waited for. A change replaces all of them") @Nullable Times limits) {}

    /** In seconds; null: as long as any upstream. */
    @Schema(name = "UpstreamLimits")
    record Times(
            @Schema(minimum = "1", maximum = "" + LONGEST_SECONDS, description = "Until it can be written to")
                    @Nullable Integer connect_seconds,
            @Schema(minimum = "1", maximum = "" + LONGEST_SECONDS,
                    description = "Until an answer begins, or, if it is not streamed, is whole")
                    @Nullable Integer first_seconds,
            @Schema(minimum = "1", maximum = "" + LONGEST_SECONDS, description = "How long it may say nothing in the middle of a stream")
                    @Nullable Integer next_seconds,
            @Schema(minimum = "1", maximum = "" + LONGEST_SECONDS, description = "Until an answer is whole, of each attempt")
                    @Nullable Integer total_seconds) {

        static @Nullable Times of(Limits limits) {
            return limits.equals(Limits.NONE)
                    ? null
                    : new Times(seconds(limits.connect()), seconds(limits.first()), seconds(limits.next()), seconds(limits.total()));
        }

        private static @Nullable Integer seconds(@Nullable Duration time) {
            return time == null ? null : Math.toIntExact(time.toSeconds());
        }
    }

    /**
     * What it was made of may each be fine, and not go together.
     *
     * @param anywhere whether it may be an address that is not https
     */
    static void check(EnteredUpstream one, boolean anywhere) {
        var preset = Presets.named(one.preset());
        if (one.baseUrl() == null && preset.baseUrl() == null) {
            throw Problem.badRequest("base_url", "the preset " + one.preset() + " has none of its own: where is it?");
        }
        try {
            var settings = EnteredUpstreams.settings(one, "");
            var base = settings.base(settings.known().dialects().getFirst());
            if (one.region() == null && String.valueOf(preset.baseUrl()).contains("${region}") && one.baseUrl() == null) {
                throw Problem.badRequest("region", "the preset " + one.preset() + " needs one");
            }
            if (!anywhere && !base.regionMatches(true, 0, "https://", 0, "https://".length())) {
                throw Problem.badRequest("base_url", "has to begin with https://, unless the operator allows others");
            }
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("base_url", "has to be https:// with a host, and without a user or a query");
        }
    }

    static String name(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Problem.badRequest("name", "has to be 1 to 63 letters, digits, dots, dashes and underscores, and to begin with a letter or a digit");
        }
        if (name.equalsIgnoreCase(RECORDING)) {
            throw Problem.badRequest("name", "'" + RECORDING + "' is what answers out of recordings are booked under");
        }
        return name;
    }

    static String preset(String preset) {
        if (!Presets.names().contains(preset)) {
            throw Problem.badRequest("preset", "must be one of " + String.join(", ", Presets.names()));
        }
        return preset;
    }

    static @Nullable String region(@Nullable String region) {
        if (region != null && !region.matches("[a-z0-9-]{0,63}")) {
            throw Problem.badRequest("region", "has to be small letters, digits and dashes"); // it becomes a part of a host's name
        }
        return region;
    }

    static @Nullable String address(@Nullable String text) {
        return text == null ? null : printable("base_url", text, LONGEST);
    }

    static @Nullable String credential(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return text.strip().startsWith("{")
                ? printable("credential", ServiceAccount.compact(text, LONGEST_CREDENTIAL), LONGEST_CREDENTIAL)
                : printable("credential", text, LONGEST);
    }

    private static String printable(String field, String text, int longest) {
        var stripped = text.strip();
        if (stripped.length() > longest) {
            throw Problem.badRequest(field, "longer than " + longest + " characters");
        }
        if (!stripped.chars().allMatch(c -> c >= (field.equals("credential") && stripped.startsWith("{") ? ' ' : '!') && c < 127)) {
            throw Problem.badRequest(field, "may hold printable ASCII characters without blanks only"); // it becomes a header, or an address
        }
        return stripped;
    }

    static List<String> models(List<String> models) {
        if (models.size() > MOST_MODELS) {
            throw Problem.badRequest("models", "more than " + MOST_MODELS);
        }
        for (var model : models) {
            if (model == null || model.isBlank() || model.length() > LONGEST_MODEL || !model.chars().allMatch(c -> c > ' ' && c < 127)) {
                throw Problem.badRequest("models", "each has to be up to " + LONGEST_MODEL + " printable ASCII characters without blanks");
            }
        }
        return List.copyOf(models);
    }

    static Limits limits(Times times) {
        return new Limits(
                time("limits.connect_seconds", times.connect_seconds()),
                time("limits.first_seconds", times.first_seconds()),
                time("limits.next_seconds", times.next_seconds()),
                time("limits.total_seconds", times.total_seconds()));
    }

    private static @Nullable Duration time(String field, @Nullable Integer seconds) {
        if (seconds != null && (seconds < 1 || seconds > LONGEST_SECONDS)) {
            throw Problem.badRequest(field, "must be 1 to " + LONGEST_SECONDS);
        }
        return seconds == null ? null : Duration.ofSeconds(seconds);
    }

    /** Of a short one nothing is shown: too little of it would be left. Nor of a service account's: its end is a brace. */
    static @Nullable String hint(String credential) {
        return credential.length() < 16 || credential.startsWith("{") ? null : "…" + credential.substring(credential.length() - 4);
    }
}
