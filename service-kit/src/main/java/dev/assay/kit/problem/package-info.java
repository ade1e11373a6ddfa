// SPDX-License-Identifier: Apache-2.0

/** Errors as RFC 9457 problem details, whose detail is a sentence for people. */
@NullMarked
package dev.assay.kit.problem;

import org.jspecify.annotations.NullMarked;
