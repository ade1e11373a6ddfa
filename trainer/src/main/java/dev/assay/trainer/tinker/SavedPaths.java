// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A file of weights, or of a state, is the name of what the service keeps: weights stay where they are.
 *
 * @param sampled what is sampled from; null in a state
 * @param trained what is trained on from
 */
record SavedPaths(@Nullable String sampled, String trained) {

    private static final String FORMAT = "assay-tinker-1";

    void write(Path file) throws IOException {
        Files.write(file, TinkerWire.JSON.writeValueAsBytes(TinkerWire.JSON.createObjectNode()
                .put("format", FORMAT).put("sampled", sampled).put("trained", trained)));
    }

    static SavedPaths read(Path file) throws IOException {
        try {
            var saved = TinkerWire.JSON.readTree(Files.readAllBytes(file));
            if (saved.path("format").asString("").equals(FORMAT) && saved.path("trained").isString()) {
                return new SavedPaths(saved.path("sampled").asString(null), saved.path("trained").stringValue());
            }
        } catch (JacksonException e) {
            throw new IOException(file.getFileName() + " does not say where weights were saved", e);
        }
        throw new IOException(file.getFileName() + " does not say where weights were saved");
    }
}
