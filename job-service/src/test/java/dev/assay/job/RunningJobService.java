// SPDX-License-Identifier: Apache-2.0

package dev.assay.job;

import dev.assay.testsupport.TestPlatformInitializer;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;

/** The whole service on a real database and a real broker, with a time that tests let pass. Nothing is swept unless a test says so, and whoever waits is woken. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = JobService.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.name=job-service",
            "assay.sweep.interval=10h",
            "assay.look-again=10h",
            "assay.body.largest=4MB",
            "assay.nested.most=20",
            "assay.retry.first=0s",
            "assay.environment-url=http://127.0.0.1:1"
        })
@ContextConfiguration(initializers = TestPlatformInitializer.class)
@Import({TestTime.class, Time.class, Calls.class, Ends.class})
@ExtendWith(EmptyQueue.class)
public @interface RunningJobService {}
