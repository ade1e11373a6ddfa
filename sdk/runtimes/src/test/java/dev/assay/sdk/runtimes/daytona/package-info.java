// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.sdk.runtimes.daytona;

import org.jspecify.annotations.NullMarked;
