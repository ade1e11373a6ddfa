// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.EnvironmentId;
import dev.assay.contracts.VersionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A build as it is now.
 *
 * @param environmentName normalized
 * @param manifest JSON, null unless it succeeded
 */
record Build(
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
        @Nullable Instant finishedAt) {}
