// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What is written beside a sandbox, so that it can be ended and deleted by someone who did not launch it. */
record SandboxRecord(String id, String run, int attempt, String owner, List<String> groups) {

    private static final String FILE = "sandbox.json";
    private static final JsonMapper JSON = new JsonMapper();

    void writeTo(Path folder) throws IOException {
        Files.writeString(folder.resolve(FILE), JSON.writeValueAsString(this));
    }

    /** @throws IOException if there is none, or half of one */
    static SandboxRecord readFrom(Path folder) throws IOException {
        try {
            return JSON.readValue(Files.readString(folder.resolve(FILE)), SandboxRecord.class);
        } catch (JacksonException e) {
            throw new IOException(e);
        }
    }

    ControlGroup group() {
        return new ControlGroup(groups.stream().map(Path::of).toList());
    }
}
