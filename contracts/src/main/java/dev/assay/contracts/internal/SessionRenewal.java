// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

/**
 * {@code POST /internal/sessions/{session}/renew}. Answered with {@link LeaseRenewed}, or 409 when the session has ended or is another
 * worker's: close the sandbox at once.
 *
 * @param tunnels how many tunnels are open now
 */
public record SessionRenewal(int attempt, int tunnels) {}
