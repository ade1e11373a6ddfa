// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.worker.enrolment;

import org.jspecify.annotations.NullMarked;
