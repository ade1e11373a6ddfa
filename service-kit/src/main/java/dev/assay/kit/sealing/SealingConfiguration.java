// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.sealing;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sealing for the services that say what people do whose values no key opens any more: {@code assay.sealing.if-lost}. Each has a folder
 * of keys of its own, {@code assay.keys.sealing}.
 */
@AutoConfiguration
@ConditionalOnProperty("assay.sealing.if-lost")
public class SealingConfiguration {

    @Bean
    SecretBox secretBox(
            @Value("${assay.keys.sealing}") String folder, @Value("${assay.sealing.if-lost}") String ifLost, JsonMapper json) {
        return new SecretBox(new SealingKeys(folder), json, ifLost);
    }
}
