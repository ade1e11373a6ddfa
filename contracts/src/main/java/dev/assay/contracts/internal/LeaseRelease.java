// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import org.jspecify.annotations.Nullable;

/**
 * {@code POST /internal/leases/{run}/release} (for sessions and builds
 * {@code /internal/sessions/{session}/release} and {@code /internal/builds/{build}/release}): the worker gives
 * back what it holds and has cleaned up; a repeat is harmless. Answered with 204, or 409 when the attempt no longer holds the lease. The run goes back
 * to the head of its job; the next attempt has the next number.
 *
 * @param failure what went wrong in the worker itself, one sentence for people: it costs one of the attempts that may be lost; null:
 *     nothing did (it is stopping, or the lease came too late), which costs none
 */
public record LeaseRelease(int attempt, @Nullable String failure) {}
