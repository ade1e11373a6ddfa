// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.client;

import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Lets the embedded server tell when a client has gone, and not wait for ever for one that has not. */
@Configuration(proxyBeanMethods = false)
class ServerConfiguration {

    @Bean
    @Order(1)
    WebServerFactoryCustomizer<TomcatWebServerFactory> clientConnections(Patience patience) {
        return factory -> {
            factory.setProtocol(PatientProtocol.class.getName());
            factory.addEngineValves(new ConnectionValve(patience));
            factory.addProtocolHandlerCustomizers((PatientProtocol protocol) -> {
                protocol.setHead(patience.head());
                protocol.setMaxKeepAliveRequests(-1); // a hundred calls of an agent are no reason to hang up on it
                protocol.setDisableUploadTimeout(false);
                protocol.setConnectionUploadTimeout((int) patience.stall().toMillis());
            });
        };
    }
}
