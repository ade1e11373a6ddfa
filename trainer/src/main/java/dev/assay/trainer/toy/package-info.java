// SPDX-License-Identifier: Apache-2.0

/** A model that everybody can train: small, exact, in this process. */
@NullMarked
package dev.assay.trainer.toy;

import org.jspecify.annotations.NullMarked;
