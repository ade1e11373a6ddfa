// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import jakarta.persistence.Embeddable;
import org.jspecify.annotations.Nullable;

/**
 * What a task consists of. {@code args} and what comes after are JSON as it came; null stands for null and for absent alike, which clients do
 * not tell apart there.
 *
 * @param name unique in the taskset
 * @param env the environment's name as declared, not normalized
 * @param taskId the task's id in the environment's manifest
 */
@Embeddable
record TaskFields(
        String name,
        String env,
        String taskId,
        String args,
        @Nullable String validation,
        @Nullable String agentConfig,
        @Nullable String columns,
        @Nullable String runtimeConfig,
        @Nullable String verifier) {}
