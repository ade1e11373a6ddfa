// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.Set;

/**
 * {@code GET /internal/workers/here}: which runtimes there are among the workers that are here.
 *
 * @param kinds of all of them; empty: none is here, or none tells
 * @param open of those that take work
 */
public record WorkersHere(Set<String> kinds, Set<String> open) {}
