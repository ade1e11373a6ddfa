// SPDX-License-Identifier: Apache-2.0

/** Search across runs: what was said in them is read once they have ended, and looked for beside what is on record of them. */
@NullMarked
package dev.assay.trace.search;

import org.jspecify.annotations.NullMarked;
