// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Where and with how much a task wants to run. Absent members leave the environment's default. */
@JsonNaming(SnakeCaseStrategy.class)
public record RuntimeConfig(
        @Nullable String image, @Nullable JsonNode compose, @Nullable Resources resources, @Nullable Limits limits) {

    /** What a sandbox may use. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Resources(
            @Nullable Double cpu,
            @Nullable Integer memoryMb,
            @Nullable Integer storageMb,
            @Nullable JsonNode gpu,
            @Nullable String os,
            @Nullable JsonNode tpu) {}

    /** How long a sandbox may take to start, and a run in all. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Limits(@Nullable Integer startupTimeoutS, @Nullable Integer runTimeoutS) {}
}
