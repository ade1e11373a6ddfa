// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.List;

/**
 * {@code GET /internal/work/environments?worker=…&team=…}: which of a team's environments a worker may open now, because it holds a run
 * of theirs (or whose verifier is one of theirs) or a session.
 *
 * @param names normalized
 */
public record HeldEnvironments(List<String> names) {}
