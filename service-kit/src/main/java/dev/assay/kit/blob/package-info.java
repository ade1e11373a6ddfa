// SPDX-License-Identifier: Apache-2.0

/** Large things on disk, by the hash of their content. */
@NullMarked
package dev.assay.kit.blob;

import org.jspecify.annotations.NullMarked;
