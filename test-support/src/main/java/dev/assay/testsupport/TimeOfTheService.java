// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import java.time.Clock;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/** Makes {@link Tokens} at the time of the service that a test speaks with: services of several tests live side by side, each at its own. */
public final class TimeOfTheService implements TestExecutionListener {

    @Override
    public void beforeTestMethod(TestContext test) {
        TestPlatform.tellTimeBy(test.hasApplicationContext()
                ? test.getApplicationContext().getBeanProvider(Clock.class).getIfUnique(Clock::systemUTC)
                : Clock.systemUTC());
    }
}
