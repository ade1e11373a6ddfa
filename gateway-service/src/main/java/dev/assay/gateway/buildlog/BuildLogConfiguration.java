// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.buildlog;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;

@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class BuildLogConfiguration implements WebSocketConfigurer {

    private final BuildLogSocket socket;

    BuildLogConfiguration(BuildLogSocket socket) {
        this.socket = socket;
    }

    @Override
    public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
        // The key in the address is the only credential, so any origin may connect that has one.
        registry.addHandler(socket, "/v2/builds/*/logs").setAllowedOrigins("*");
    }
}
