// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import org.jspecify.annotations.Nullable;

/**
 * Where a session stands.
 *
 * @param state {@code queued}, {@code starting}, {@code ready} or {@code ended}
 * @param address base URL of the worker that holds the sandbox; null unless ready
 * @param error why it ended; null unless it ended by itself
 */
public record SessionPlace(String state, @Nullable String address, @Nullable String error) {}
