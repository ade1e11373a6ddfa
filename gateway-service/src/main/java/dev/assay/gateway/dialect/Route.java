// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import org.jspecify.annotations.Nullable;

/**
 * What a path asks for. Which dialect it is follows from the path, never from a header.
 *
 * @param model as the path names it (Gemini), decoded once; null: the body names it
 * @param streamed whether the path itself asks for a stream (Gemini); else the body may
 */
public record Route(Dialect dialect, Operation operation, @Nullable String model, boolean streamed) {}
