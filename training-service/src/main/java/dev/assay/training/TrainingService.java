// SPDX-License-Identifier: Apache-2.0

package dev.assay.training;

import dev.assay.kit.ServiceStart;
import dev.assay.kit.blob.BlobStore;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.rest.RunsOfJobs;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the training service. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
@Import(RunsOfJobs.class)
public class TrainingService {

    public static void main(String[] args) {
        ServiceStart.run(TrainingService.class, "training-service", args);
    }

    @Bean
    Blobs blobs(BlobStore store) {
        return store.at("training-service/blobs");
    }
}
