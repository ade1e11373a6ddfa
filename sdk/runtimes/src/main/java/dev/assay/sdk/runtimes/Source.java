// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import dev.assay.sdk.protocol.compose.ComposeProject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where an environment comes from. */
public sealed interface Source {

    /**
     * A deployed version's uploaded folder.
     *
     * @param id the version's, a plain name
     * @param buildArgs for the installation of dependencies only
     * @param network of the steps of an installation that run somebody's code, where they can be walled off
     * @param archive opened only if the context is not here yet
     */
    record Context(String id, String declaredName, Map<String, String> buildArgs, Network network, Archive archive) implements Source {}

    /** An image that serves as soon as it starts, by the name under which an engine has it or finds it. */
    record Image(String reference) implements Source {}

    /**
     * The image that a deployed context was built to.
     *
     * @param reference its id at the engine, or a registry's name with a digest
     * @param engine the id of the engine that alone has it; null: any can fetch it
     */
    record Built(String reference, @Nullable String engine) implements Source {}

    /**
     * A Compose project, whose service {@code main} serves.
     *
     * @param built the images that were built of its services, by {@link dev.assay.sdk.protocol.compose.ComposeService#buildKey}
     * @param engine the id of the engine that alone has these; null: any can fetch them
     */
    record Compose(ComposeProject project, Map<String, String> built, @Nullable String engine) implements Source {}

    /** One that somebody else serves. */
    record Remote(InetSocketAddress address) implements Source {}

    /** The uploaded tar.gz, wherever it is. */
    @FunctionalInterface
    interface Archive {
        InputStream open() throws IOException;
    }
}
