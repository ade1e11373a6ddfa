// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.UUID;

/**
 * {@code GET /internal/tasks?id=…}, a list of those that the team of the token has: a task of a taskset as it stands now.
 *
 * @param version another one whenever any part of it is another one
 */
public record CurrentTask(UUID id, UUID version, String name) {}
