// SPDX-License-Identifier: Apache-2.0

/** The published client, unmodified and in processes of its own, against a running platform. */
@NullMarked
package dev.assay.acceptance;

import org.jspecify.annotations.NullMarked;
