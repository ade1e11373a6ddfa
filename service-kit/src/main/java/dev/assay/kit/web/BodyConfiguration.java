// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/** Bounds what bodies take of the memory, in every service. */
@AutoConfiguration
@EnableConfigurationProperties(BodySettings.class)
public class BodyConfiguration {

    @Bean
    BytesInFlight bytesInFlight(BodySettings settings) {
        return BytesInFlight.ofThisProcess(settings.roomInBytes());
    }

    /** After the doors, so that strangers take no room; in the gateway also after what is only passed on. */
    @Bean
    FilterRegistrationBean<BodyFilter> bodyFilter(BodySettings settings, BytesInFlight inFlight, MeterRegistry meters) {
        Gauge.builder("assay.body.held", inFlight, BytesInFlight::held)
                .description("Bytes of memory that bodies take in this process")
                .baseUnit("bytes")
                .register(meters);
        var registration = new FilterRegistrationBean<>(new BodyFilter(settings, inFlight, meters));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 400);
        return registration;
    }

    /** No service takes forms: what calls itself one is a body like others, and nobody reads it in search of parameters. */
    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> noForms() {
        return factory -> factory.addConnectorCustomizers(connector -> connector.setParseBodyMethods(""));
    }
}
