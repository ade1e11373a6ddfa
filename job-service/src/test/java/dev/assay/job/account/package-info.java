// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.job.account;

import org.jspecify.annotations.NullMarked;
