// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Judges every path before the server, the doors or a route do. */
@Configuration(proxyBeanMethods = false)
class PathConfiguration {

    /** What the server would turn away without a word comes as far as the valve, which says why. */
    private static final String JUDGED_BY_THE_VALVE = "\"<>[\\]^`{|}";

    /** After the valve that knows the connection, so that also a refused request's body is swallowed as that one says. */
    @Bean
    @Order(2)
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> publicPaths() {
        return factory -> {
            factory.addEngineValves(new PathValve());
            factory.addConnectorCustomizers(connector -> connector.setProperty("relaxedPathChars", JUDGED_BY_THE_VALVE));
        };
    }
}
