// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An upstream that people have entered: a team for itself, or the operator for everybody.
 *
 * @param team {@link dev.assay.gateway.model.Everybody#TEAM}: everybody's
 * @param baseUrl null: the preset's
 * @param credential sealed; null: none is sent
 * @param hint the credential's end
 * @param models the only ones that are offered, as it calls them; empty: all that it lists
 * @param lists whether it is asked what it serves; null: as the preset says
 * @param expiresAt when it is there no longer, unless somebody says so again; null: it stays
 * @param version one more with each change
 */
record EnteredUpstream(
        UUID id, TeamId team, String name, String preset, @Nullable String baseUrl, @Nullable String region, @Nullable String credential,
        @Nullable String hint, List<String> models, @Nullable Boolean lists, Limits limits, boolean enabled, Instant createdAt,
        Instant updatedAt, @Nullable Instant expiresAt, long version) {}
