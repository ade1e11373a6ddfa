// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** See {@code worker.yml} for what each means. */
@ConfigurationProperties("assay.worker")
record DockerOptions(
        @DefaultValue("") String dockerHost,
        @DefaultValue("docker.io/") List<String> dockerImages,
        @DefaultValue("") String imageRegistry,
        @DefaultValue("none") String buildkit) {

    DockerOptions {
        imageRegistry = imageRegistry.replaceAll("/+$", "");
        if (!imageRegistry.isEmpty() && !imageRegistry.matches("[a-z0-9.-]+(:\\d+)?(/[a-z0-9._-]+)*")) {
            throw new IllegalArgumentException("assay.worker.image-registry: no name of a registry: " + imageRegistry);
        }
        if (!List.of("none", "bridge", "off").contains(buildkit)) {
            throw new IllegalArgumentException("assay.worker.buildkit: one of none, bridge, off, not " + buildkit);
        }
    }
}
