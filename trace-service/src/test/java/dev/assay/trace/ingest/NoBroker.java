// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** An address at which no broker is. */
final class NoBroker implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        TestPropertyValues.of("assay.kafka=127.0.0.1:1").applyTo(context);
    }
}
