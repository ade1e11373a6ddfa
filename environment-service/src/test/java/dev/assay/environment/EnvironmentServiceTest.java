// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import dev.assay.testsupport.TestPlatformInitializer;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;

/** The whole service on a port of its own, on a real Postgres, with a clock that stands still. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = EnvironmentService.class,
        properties = {
            "spring.config.name=environment-service",
            "assay.upload.max-size=1MB",
            "assay.upload.max-unpacked-size=20MB",
            "assay.upload.max-entries=200",
            "assay.upload.lifetime=20s",
            "assay.build.lease=20s",
            "assay.build.max-log-lines=50",
            "assay.body.largest=2MB"
        },
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = {TestPlatformInitializer.class, FakeJobs.class})
@Import(StandingClock.class)
public @interface EnvironmentServiceTest {}
