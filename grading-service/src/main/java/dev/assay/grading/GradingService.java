// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading;

import dev.assay.kit.ServiceStart;
import dev.assay.kit.rest.LargeEvaluations;
import dev.assay.kit.rest.RunsOfJobs;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the grading service. */
@SpringBootApplication
@EnableScheduling
@Import({LargeEvaluations.class, RunsOfJobs.class})
public class GradingService {

    public static void main(String[] args) {
        ServiceStart.run(GradingService.class, "grading-service", args);
    }
}
