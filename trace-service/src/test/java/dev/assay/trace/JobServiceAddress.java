// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace;

import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** Points the service under test at the fake job-service. */
public final class JobServiceAddress implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        TestPropertyValues.of("assay.job-url=" + FakeJobService.url()).applyTo(context);
    }
}
