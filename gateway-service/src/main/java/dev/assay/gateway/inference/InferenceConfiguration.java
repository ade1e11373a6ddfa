// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Puts the answering of model calls into the server. */
@Configuration(proxyBeanMethods = false)
class InferenceConfiguration {

    /** After the valve that judges paths. */
    @Bean
    @Order(3)
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> modelCalls(ObjectProvider<Inference> inference) {
        return factory -> factory.addEngineValves(new InferenceValve(inference));
    }
}
