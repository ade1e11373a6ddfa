// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import dev.assay.kit.ServiceStart;
import dev.assay.kit.blob.Blobs;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
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
    Blobs contexts(@Value("${assay.data}") Path data) {
        return new Blobs(data.resolve("environment-service").resolve("contexts"));
    }
}
