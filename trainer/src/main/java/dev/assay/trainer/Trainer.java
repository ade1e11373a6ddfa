// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer;

import dev.assay.kit.ServiceStart;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Trains models and samples from them. Needs neither database nor broker; any number of them may run. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Trainer {

    public static void main(String[] args) {
        ServiceStart.run(Trainer.class, "trainer", args);
    }
}
