// SPDX-License-Identifier: Apache-2.0

/** How a worker that has a credential and no keys comes in. */
@NullMarked
package dev.assay.worker.enrolment;

import org.jspecify.annotations.NullMarked;
