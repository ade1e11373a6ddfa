// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading;

import dev.assay.kit.ServiceStart;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the grading service. */
@SpringBootApplication
public class GradingService {

    public static void main(String[] args) {
        ServiceStart.run(GradingService.class, "grading-service", args);
    }
}
