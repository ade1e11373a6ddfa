// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import dev.assay.kit.ServiceStart;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Does the platform's work on environments: builds and rollouts. Needs neither database nor broker; any number of them may run. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Worker {

    public static void main(String[] args) {
        ServiceStart.run(Worker.class, "worker", args);
    }
}
