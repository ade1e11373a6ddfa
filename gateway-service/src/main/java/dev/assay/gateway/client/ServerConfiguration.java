// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.client;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Lets the embedded server tell when a client has gone. */
@Configuration(proxyBeanMethods = false)
class ServerConfiguration {

    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> clientConnections() {
        return factory -> factory.addEngineValves(new ConnectionValve());
    }
}
