// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

/** Whose sandbox it is: by this, people and the next worker recognize what a dead one left behind. */
public record SandboxLabel(String run, int attempt) {}
