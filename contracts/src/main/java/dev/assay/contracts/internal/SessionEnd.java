// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

/**
 * {@code POST /internal/sessions/{session}/end}: the sandbox could not be launched, or is gone. Answered with 204, or 409 as a renewal is.
 *
 * @param error one sentence for people
 */
public record SessionEnd(int attempt, String error) {}
