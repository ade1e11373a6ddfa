// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.session;

import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

@Configuration(proxyBeanMethods = false)
class TunnelConfiguration {

    private static final int FIRST = 1;

    @Bean
    static SimpleUrlHandlerMapping tunnels(TunnelHandler handler) {
        return new SimpleUrlHandlerMapping(Map.of("/internal/tunnels/*", handler), FIRST);
    }
}
