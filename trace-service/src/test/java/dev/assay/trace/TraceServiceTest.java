// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace;

import dev.assay.testsupport.TestPlatformInitializer;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.ContextConfiguration;

/** The whole service on a real Postgres and a real Kafka, with a fake job-service beside it. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = TraceService.class,
        properties = {"spring.config.name=trace-service", "assay.body.largest=1MB"},
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = {TestPlatformInitializer.class, JobServiceAddress.class})
public @interface TraceServiceTest {}
