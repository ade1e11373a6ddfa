// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.List;

/**
 * {@code POST /internal/builds/{build}/progress}: new log lines; also renews the lease. Answered with {@link LeaseRenewed}, or 409.
 *
 * @param firstLine the number of the first of these lines, counted from 0 within the attempt: a repeat is recognized by it
 */
public record BuildProgress(int attempt, int firstLine, List<BuildLine> lines) {}
