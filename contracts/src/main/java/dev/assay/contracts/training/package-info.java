// SPDX-License-Identifier: Apache-2.0

/** What training-service and a trainer say to each other. */
@NullMarked
package dev.assay.contracts.training;

import org.jspecify.annotations.NullMarked;
