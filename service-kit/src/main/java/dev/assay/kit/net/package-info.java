// SPDX-License-Identifier: Apache-2.0

/** Which addresses are the public's. */
@NullMarked
package dev.assay.kit.net;

import org.jspecify.annotations.NullMarked;
