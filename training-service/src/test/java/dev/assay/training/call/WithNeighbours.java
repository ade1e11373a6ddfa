// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.testsupport.TestPlatformInitializer;
import dev.assay.training.TrainingService;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The service among stand-ins of those that it asks, started once. */
@SpringBootTest(
        classes = TrainingService.class,
        properties = {
            "spring.config.name=training-service", "assay.training.lease=1s", "assay.training.absent=2s", "assay.training.quiet=100ms",
            "assay.training.largest-body=20KB", "assay.training.most-tokens=1000", "assay.training.record=0s",
            "assay.training.most-samples=4", "assay.training.most-sampled=1KB"
        },
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = TestPlatformInitializer.class)
public abstract class WithNeighbours {

    @DynamicPropertySource
    static void neighbours(DynamicPropertyRegistry properties) {
        properties.add("assay.job-url", NeighboursStandIn::url);
        properties.add("assay.trace-url", NeighboursStandIn::url);
    }

    @LocalServerPort
    protected int port;
}
