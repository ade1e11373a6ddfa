// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

/** A source that its runtime can launch at once. What it is only that runtime knows. */
public interface Prepared {}
