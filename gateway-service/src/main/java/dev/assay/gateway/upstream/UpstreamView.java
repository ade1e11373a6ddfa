// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An upstream as people see it.
 *
 * @param id null: it comes from the configuration
 * @param base_url null: the preset's, or the operator's business
 * @param listed_at when it was last asked for its models; null: it was not
 * @param expires_at until when it is there, unless it is said again; null: it stays
 * @param list_error why it did not tell them; null: it did, or was not asked
 */
record UpstreamView(
        @Nullable UUID id, String name, @Nullable String preset, @Nullable String base_url, @Nullable String region,
        @Nullable String credential_hint, List<String> models, @Nullable Boolean lists, UpstreamForm.@Nullable Times limits, boolean enabled,
        Health health, @Nullable Instant listed_at, @Nullable String list_error, @Nullable Instant created_at, @Nullable Instant updated_at,
        @Nullable Instant expires_at) {

    /**
     * How it has answered within the last five minutes at the replica that says so.
     *
     * @param state closed (it is asked), open (it is left alone), half_open (a few calls try), unknown (it cannot be asked)
     * @param p50_ms to the first byte of an answer; null: there was none
     * @param last_error of all time, of a call or of a look, in words of ours; null: there was none
     * @param probed_at when it was last looked at; null: it was not
     */
    @Schema(name = "UpstreamHealth")
    record Health(
            @Schema(allowableValues = {"closed", "open", "half_open", "unknown"})
                    String state, long calls, long errors, @Nullable Long p50_ms,
            @Nullable Long p95_ms, @Nullable String last_error, @Nullable Instant last_error_at, @Nullable Instant probed_at) {

        static Health of(Upstreams.Known known) {
            var report = known.health().report(System.nanoTime());
            var look = known.listing().look();
            var lookFailedLast = look != null
                    && look.error() != null
                    && (report.lastErrorAt() == null || look.at().isAfter(report.lastErrorAt()));
            return new Health(
                    known.breaker().state().name().toLowerCase(Locale.ROOT),
                    report.calls(),
                    report.errors(),
                    report.p50Millis(),
                    report.p95Millis(),
                    lookFailedLast ? look.error() : report.lastError(),
                    lookFailedLast ? look.at() : report.lastErrorAt(),
                    look == null ? null : look.at());
        }

        static Health unknown(@Nullable String why) {
            return new Health("unknown", 0, 0, null, null, why, null, null);
        }
    }

    /** @param known null: it cannot be asked, for the reason that follows */
    static UpstreamView of(EnteredUpstream row, Upstreams.@Nullable Known known, @Nullable String why) {
        var look = known == null ? null : known.listing().look();
        return new UpstreamView(
                row.id(), row.name(), row.preset(), row.baseUrl(), row.region(), row.hint(), row.models(), row.lists(),
                UpstreamForm.Times.of(row.limits()), row.enabled(), known == null ? Health.unknown(why) : Health.of(known),
                look == null ? null : look.at(), look == null ? null : look.error(), row.createdAt(), row.updatedAt(), row.expiresAt());
    }

    /** @param forOperators whether to say where it is: that is the operator's business */
    static UpstreamView of(Upstreams.Known known, boolean forOperators) {
        var settings = known.settings();
        var look = known.listing().look();
        return new UpstreamView(
                null, known.name(), settings == null ? null : settings.preset(),
                forOperators && settings != null ? settings.baseUrl() : null,
                forOperators && settings != null ? settings.region() : null,
                null, settings == null ? List.of() : settings.models(), settings == null ? null : settings.lists(),
                UpstreamForm.Times.of(known.limits()), true, Health.of(known),
                look == null ? null : look.at(), look == null ? null : look.error(), null, null, null);
    }
}
