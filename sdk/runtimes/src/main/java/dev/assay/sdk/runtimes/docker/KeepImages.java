// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import java.time.Duration;

/**
 * Which images an engine keeps though no container has them.
 *
 * @param newest how many that were built here of each environment, however old they are
 * @param young of those that were built here, all that are younger
 * @param unused of those that were pulled here, all that were used since; days count
 */
public record KeepImages(int newest, Duration young, Duration unused) {}
