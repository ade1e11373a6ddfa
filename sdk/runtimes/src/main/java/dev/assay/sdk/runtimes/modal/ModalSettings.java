// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import java.net.URI;
import java.time.Duration;

/**
 * Where Modal is.
 *
 * @param api such as {@code https://api.modal.com}, without a path
 * @param pending how long it may take to build an image to what it starts, and, after that, to start it
 */
public record ModalSettings(URI api, Duration pending) {}
