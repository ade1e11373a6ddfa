// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.Prepared;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A version that can be launched at once: its context unpacked, its virtual environment made.
 *
 * @param source the unpacked context, which no sandbox writes to
 * @param virtualEnvironment null for a version that is a jar
 */
public record PreparedVersion(String id, Path source, Recipe recipe, @Nullable VirtualEnvironment virtualEnvironment)
        implements Prepared {}
