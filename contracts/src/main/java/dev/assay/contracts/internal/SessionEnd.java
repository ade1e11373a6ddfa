// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.Failure;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /internal/sessions/{session}/end}: the sandbox could not be launched, or is gone. Answered with 204, or 409 as a renewal is.
 *
 * @param error one sentence for people
 * @param kind whose failure it was: after one of the infrastructure another worker may follow, if the sandbox never served. Null: the
 *     environment's
 */
public record SessionEnd(int attempt, String error, Failure.@Nullable Kind kind) {}
