// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.Manifest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an environment said of itself, as it is kept with its version. */
final class Manifests {

    private Manifests() {}

    static ObjectNode of(Manifest hello, JsonNode tasks) {
        var manifest = Json.object();
        manifest.putObject("env").put("name", hello.env().name()).put("version", hello.env().version());
        manifest.set("tasks", Json.finite(tasks)); // a default of Python's may be an infinity, for which JSON has no word
        var capabilities = manifest.putArray("capabilities");
        hello.bindings().forEach(one -> capabilities.addObject().put("name", one.name()).put("protocol", one.protocol()));
        return manifest;
    }
}
