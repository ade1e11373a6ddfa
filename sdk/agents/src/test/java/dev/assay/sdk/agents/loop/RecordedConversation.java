// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * A conversation that the published client's own agent had with a model that answered by a script: the script, and what the agent sent,
 * did, kept and said in the end. How they are made is told in the resources' {@code record.py}.
 */
record RecordedConversation(String dialect, String name, JsonNode told) {

    static List<RecordedConversation> of(String dialect) {
        try (var files = Files.list(folder().resolve(dialect))) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().map(file -> read(dialect, file)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() {
        try {
            return Path.of(Objects.requireNonNull(RecordedConversation.class.getResource("/recorded")).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RecordedConversation read(String dialect, Path file) {
        try {
            var name = file.getFileName().toString().replace(".json", "");
            return new RecordedConversation(dialect, name, Json.MAPPER.readTree(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode part(String name) {
        return told.path(name);
    }

    @Override
    public String toString() {
        return dialect + " " + name.replace('_', ' ');
    }
}
