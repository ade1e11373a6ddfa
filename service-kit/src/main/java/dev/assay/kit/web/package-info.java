// SPDX-License-Identifier: Apache-2.0

/** How every service speaks HTTP: ids in paths, documented types. */
@NullMarked
package dev.assay.kit.web;

import org.jspecify.annotations.NullMarked;
