// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.List;

/**
 * {@code GET /internal/builds/{build}/log?after=n&waitMillis=m}: the lines after number {@code n} (0: from the start), waiting for new ones.
 *
 * @param next pass it as {@code after} next time
 * @param status {@code IN_PROGRESS}, {@code SUCCEEDED} or {@code FAILED}: complete once it is not {@code IN_PROGRESS} and {@code lines} is empty
 */
public record BuildLog(List<BuildLine> lines, int next, String status) {}
