// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.VersionId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A build as it is now.
 *
 * @param seq its place among all builds
 * @param environmentName normalized
 * @param error whole, or as much of it as a list carries
 * @param manifest JSON, null unless it succeeded, or is left out
 * @param seconds from the trigger to the end, or until now
 * @param waits what it wants of whoever takes it; null: it is in somebody's hands, or over
 * @param leftOut what is null only because it is too large for a list
 */
record Build(
        long seq,
        BuildId id,
        EnvironmentId environment,
        String environmentName,
        VersionId version,
        int number,
        BuildStatus status,
        @Nullable String error,
        @Nullable String manifest,
        int attempt,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        double seconds,
        @Nullable EngineNeed waits,
        List<String> leftOut) {}
