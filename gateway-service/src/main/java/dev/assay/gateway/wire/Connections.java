// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.wire;

import java.io.IOException;
import java.net.ProxySelector;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Connections to all upstreams, kept and used again. A call uses one on its own thread, by blocking. Sockets have no time-out: on a virtual
 * thread each read with one sets up a timer, and whoever watches the calls ends those that are late.
 */
@Component
public class Connections implements DisposableBean {

    private static final int MOST = 10_000;
    private static final Timeout TO_CONNECT = Timeout.ofSeconds(10);
    /** Servers hang up on a kept connection after a minute or more: it is better closed by us than found dead. */
    private static final TimeValue IDLE = TimeValue.ofSeconds(50);
    /** What has been idle for longer is looked at before it is used. */
    private static final TimeValue FRESH = TimeValue.ofSeconds(2);

    private final CloseableHttpClient http;

    Connections() {
        this(null);
    }

    /** Connections that go nowhere but where this finds an address, and through no proxy. Whoever makes them closes them. */
    public static Connections resolving(DnsResolver names) {
        return new Connections(names);
    }

    private Connections(@Nullable DnsResolver names) {
        var pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(names)
                .setMaxConnTotal(MOST)
                .setMaxConnPerRoute(MOST)
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setConnPoolPolicy(PoolReusePolicy.LIFO)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(TO_CONNECT)
                        .setSocketTimeout(Timeout.DISABLED)
                        .setValidateAfterInactivity(FRESH)
                        .build())
                .build();
        var builder = HttpClients.custom()
                .setConnectionManager(pool)
                .evictIdleConnections(IDLE)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableConnectionState()
                .setUserAgent("assay");
        var proxied = Stream.of("http.proxyHost", "https.proxyHost", "socksProxyHost", "java.net.useSystemProxies")
                .anyMatch(property -> System.getProperty(property) != null);
        if (proxied && names == null) {
            builder.setRoutePlanner(new SystemDefaultRoutePlanner(ProxySelector.getDefault()));
        }
        http = builder.build();
    }

    /** Sends a request and waits for the answer's head. The connection is kept once the answer is read to its end. */
    ClassicHttpResponse open(HttpHost host, HttpPost request, HttpClientContext context) throws IOException {
        return http.executeOpen(host, request, context);
    }

    @Override
    public void destroy() throws IOException {
        http.close();
    }
}
