// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace;

import dev.assay.kit.ServiceStart;
import dev.assay.kit.rest.LargeEvaluations;
import dev.assay.kit.rest.RunsOfJobs;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the trace service. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
@Import({LargeEvaluations.class, RunsOfJobs.class})
public class TraceService {

    public static void main(String[] args) {
        ServiceStart.run(TraceService.class, "trace-service", args);
    }
}
