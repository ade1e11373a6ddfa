// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.daytona;

import dev.assay.sdk.runtimes.Prepared;

/**
 * An image by its name: whose account it is to run in is not known before a launch.
 *
 * @param name written out
 */
record DaytonaImage(String name) implements Prepared {}
