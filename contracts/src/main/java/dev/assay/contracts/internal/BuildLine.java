// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.time.Instant;

/** One line of a build's log. */
public record BuildLine(Instant at, String message) {}
