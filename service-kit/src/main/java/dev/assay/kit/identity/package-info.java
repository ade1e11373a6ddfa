// SPDX-License-Identifier: Apache-2.0

/** Who is calling: the short-lived token that the gateway signs and every service checks, and the keys of single runs. */
@NullMarked
package dev.assay.kit.identity;

import org.jspecify.annotations.NullMarked;
