// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.protocol.compose.ComposeProject;
import dev.assay.sdk.protocol.compose.ComposeService;
import dev.assay.sdk.runtimes.Prepared;
import java.util.Map;

/** A project whose images the engine has: of each service that is started, by its name. */
record PreparedProject(ComposeProject project, Map<String, DockerImage> images) implements Prepared {

    ComposeService main() {
        return project.services().get(ComposeProject.MAIN);
    }

    DockerImage image(ComposeService service) {
        return images.get(service.name());
    }
}
