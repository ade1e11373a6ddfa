// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.Network;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * A version to be made ready.
 *
 * @param id the version's, a plain name
 * @param buildArgs for the installation of dependencies only
 * @param network of the steps of an installation that run somebody's code, where they can be walled off
 * @param archive opened only if the context is not here yet
 */
public record VersionContext(String id, String declaredName, Map<String, String> buildArgs, Network network, Archive archive) {

    /** The uploaded tar.gz, wherever it is. */
    @FunctionalInterface
    public interface Archive {
        InputStream open() throws IOException;
    }
}
