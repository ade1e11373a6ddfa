// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.ImageName;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a worker's containers are under.
 *
 * @param host the engine's address; empty: as its own client finds it
 * @param images whose images may be run: {@code docker.io/} for all of a registry, {@code docker.io/acme/} for one owner's
 * @param registry where images are pushed to that are built here ({@code registry.example/assay}); empty: each is its engine's alone
 * @param buildKit the network of steps that BuildKit makes, {@code none} or {@code bridge}; anything else: it is not used
 * @param sockets a folder of this worker's own, which the engine sees at the same place
 * @param installation the same for all that can tell by {@code lives} whether they are there
 * @param owner this worker, as its containers name it
 * @param lives whether an owner of this installation is there
 */
public record DockerSettings(
        String host, List<String> images, String registry, String buildKit, Path sockets, String installation, String owner,
        Predicate<String> lives) {

    private static final String ANY = "/any/image";

    /** @throws IllegalArgumentException if no image's name can begin with the registry */
    public DockerSettings {
        registry = registry.isEmpty() ? "" : writtenOut(registry);
    }

    /** With its host, as all names are that it is compared with. */
    private static String writtenOut(String registry) {
        var name = ImageName.of(registry.replaceAll("/+$", "") + ANY)
                .orElseThrow(() -> new IllegalArgumentException("the registry '" + registry + "' cannot begin the name of an image"));
        return name.text().substring(0, name.text().indexOf(ANY));
    }
}
