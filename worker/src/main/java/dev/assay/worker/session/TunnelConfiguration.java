// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.session;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;

@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class TunnelConfiguration implements WebSocketConfigurer {

    private static final int CHUNK = 32 * 1024;

    private final TunnelSocket socket;
    private final TunnelAdmission admission;

    TunnelConfiguration(TunnelSocket socket, TunnelAdmission admission) {
        this.socket = socket;
        this.admission = admission;
    }

    @Override
    public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
        registry.addHandler(socket, "/internal/tunnels/*").addInterceptors(admission).setAllowedOrigins("*");
    }

    /** Larger messages come in parts. */
    @Bean
    static ServletServerContainerFactoryBean tunnelBuffers() {
        var container = new ServletServerContainerFactoryBean();
        container.setMaxBinaryMessageBufferSize(CHUNK);
        return container;
    }
}
