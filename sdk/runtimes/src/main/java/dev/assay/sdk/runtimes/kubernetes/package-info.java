// SPDX-License-Identifier: Apache-2.0

/** Runs images as pods of a Kubernetes cluster. */
@NullMarked
package dev.assay.sdk.runtimes.kubernetes;

import org.jspecify.annotations.NullMarked;
