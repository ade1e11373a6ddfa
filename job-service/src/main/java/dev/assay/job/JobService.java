// SPDX-License-Identifier: Apache-2.0

package dev.assay.job;

import dev.assay.kit.ServiceStart;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The keeper of jobs and runs. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class JobService {

    public static void main(String[] args) {
        ServiceStart.run(JobService.class, "job-service", args);
    }
}
