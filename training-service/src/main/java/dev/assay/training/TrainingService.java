// SPDX-License-Identifier: Apache-2.0

package dev.assay.training;

import dev.assay.kit.ServiceStart;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the training service. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class TrainingService {

    public static void main(String[] args) {
        ServiceStart.run(TrainingService.class, "training-service", args);
    }
}
