// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.sdk.runtimes.spare;

import org.jspecify.annotations.NullMarked;
