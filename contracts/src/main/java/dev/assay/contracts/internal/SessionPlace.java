// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import org.jspecify.annotations.Nullable;

/**
 * Where a session stands.
 *
 * @param state {@code queued}, {@code starting}, {@code ready} or {@code ended}
 * @param worker the full name of the worker that holds the sandbox: whom a tunnel's token is made out to; null unless ready
 * @param address base URL of the worker that holds the sandbox; null unless ready
 * @param error why it ended; null unless it ended by itself
 */
public record SessionPlace(String state, @Nullable String worker, @Nullable String address, @Nullable String error) {}
