// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

@Configuration(proxyBeanMethods = false)
class TunnelConfiguration {

    private static final int BEFORE_WHAT_IS_ROUTED = 1;

    @Bean
    static SimpleUrlHandlerMapping tunnels(TunnelHandler handler) {
        return new SimpleUrlHandlerMapping(Map.of("/runtime/tunnels/*", handler), BEFORE_WHAT_IS_ROUTED);
    }
}
