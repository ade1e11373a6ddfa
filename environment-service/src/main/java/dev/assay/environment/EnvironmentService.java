// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import dev.assay.kit.ServiceStart;
import dev.assay.kit.blob.BlobStore;
import dev.assay.kit.blob.Blobs;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the environment service. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class EnvironmentService {

    public static void main(String[] args) {
        ServiceStart.run(EnvironmentService.class, "environment-service", args);
    }

    @Bean
    Blobs contexts(BlobStore store) {
        return store.at("environment-service/contexts");
    }
}
