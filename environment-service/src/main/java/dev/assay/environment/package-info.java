// SPDX-License-Identifier: Apache-2.0

/** The registry: projects, environments, versions, builds and tasksets of teams. */
@NullMarked
package dev.assay.environment;

import org.jspecify.annotations.NullMarked;
