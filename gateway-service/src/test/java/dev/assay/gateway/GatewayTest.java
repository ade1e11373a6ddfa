// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.ContextConfiguration;

/** A test against a whole gateway on a port of its own. */
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = GatewayService.class,
        properties = {"spring.config.name=gateway-service", "spring.application.name=gateway-service"},
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = FakeServices.class)
public @interface GatewayTest {}
