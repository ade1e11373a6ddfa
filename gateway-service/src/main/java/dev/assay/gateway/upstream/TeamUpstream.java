// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An upstream that a team has entered for itself.
 *
 * @param baseUrl null: the preset's
 * @param credential sealed; null: none is sent
 * @param hint the credential's end
 * @param version one more with each change
 */
record TeamUpstream(
        UUID id, TeamId team, String name, String preset, @Nullable String baseUrl, @Nullable String region, @Nullable String credential,
        @Nullable String hint, boolean enabled, Instant createdAt, Instant updatedAt, long version) {}
