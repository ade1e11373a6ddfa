// SPDX-License-Identifier: Apache-2.0

/** Model calls as spans of the runs that made them. */
@NullMarked
package dev.assay.gateway.callspan;

import org.jspecify.annotations.NullMarked;
