// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** See {@code trainer.yml} for what each means. */
@ConfigurationProperties("assay.trainer.tinker")
record TinkerSettings(
        @DefaultValue("") String url,
        @DefaultValue("") String key,
        @DefaultValue Map<String, Model> models,
        @DefaultValue("32") int rank,
        @DefaultValue("10m") Duration patience) {

    /**
     * @param base what the service calls it
     * @param tokenizer a folder
     */
    record Model(String base, Path tokenizer) {}

    TinkerSettings {
        models = new TreeMap<>(models);
    }

    /** The key stays out of logs. */
    @Override
    public String toString() {
        return models.keySet() + " at " + url;
    }
}
