// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** See {@code trainer.yml} for what each means. */
@ConfigurationProperties("assay.trainer.transformers")
public record TransformersSettings(
        @DefaultValue("python3") String python,
        @DefaultValue Map<String, Path> models,
        @DefaultValue("16") int rank,
        @DefaultValue("32") int alpha,
        @DefaultValue("all-linear") String targets,
        @DefaultValue("10m") Duration patience) {

    public TransformersSettings {
        models = new TreeMap<>(models);
    }
}
