// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway;

import dev.assay.kit.ServiceStart;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The gateway's entry point. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class GatewayService {

    public static void main(String[] args) {
        ServiceStart.run(GatewayService.class, "gateway-service", args);
    }
}
