// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import dev.assay.sdk.runtimes.Prepared;

/**
 * An image by its name: which node fetches it is not known before a pod is made.
 *
 * @param name written out
 */
record PodImage(String name) implements Prepared {}
