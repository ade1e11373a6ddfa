// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.wire;

import dev.assay.gateway.dialect.Fields;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.client5.http.impl.IdleConnectionEvictor;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.message.BasicNameValuePair;
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

    static final String AGENT = "assay";

    private static final int MOST = 10_000;
    private static final Timeout TO_CONNECT = Timeout.ofSeconds(10);
    /** In bytes; each connection has three. The library's own are eight times as large: a stream's connection is then 96 KiB of heap. */
    private static final int BUFFER = 4 * 1024;
    /** Servers hang up on a kept connection after a minute or more: it is better closed by us than found dead. */
    private static final TimeValue IDLE = TimeValue.ofSeconds(50);
    /** What has been idle for longer is looked at before it is used. */
    private static final TimeValue FRESH = TimeValue.ofSeconds(2);

    private final CloseableHttpClient http;
    private final IdleConnectionEvictor idle;

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
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom().setBufferSize(BUFFER).build())
                        .build())
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
        var proxied = names == null && Stream.of("http.proxyHost", "https.proxyHost", "socksProxyHost", "java.net.useSystemProxies")
                .anyMatch(property -> System.getProperty(property) != null);
        http = proxied ? throughProxies(pool) : HttpClients.createMinimal(pool);
        idle = new IdleConnectionEvictor(pool, IDLE.divide(5), IDLE);
        idle.start();
    }

    /** What the other client leaves out costs a quarter of what a call costs there: redirects, cookies, retries, and proxies. */
    private static CloseableHttpClient throughProxies(HttpClientConnectionManager pool) {
        return HttpClients.custom()
                .setConnectionManager(pool)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableConnectionState()
                .setRoutePlanner(new SystemDefaultRoutePlanner(ProxySelector.getDefault()))
                .build();
    }

    /** The one way to say so of a single request, which has no other. */
    @SuppressWarnings("deprecation")
    static RequestConfig connectingWithin(Duration time) {
        return RequestConfig.custom().setConnectTimeout(Timeout.of(time)).build();
    }

    /** Sends a request and waits for the answer's head. The connection is kept once the answer is read to its end. */
    ClassicHttpResponse open(HttpHost host, HttpPost request, HttpClientContext context) throws IOException {
        return http.executeOpen(host, request, context);
    }

    /** A small answer, whole. */
    public record Got(int status, byte[] body) {}

    /**
     * Asks for something small.
     *
     * @param patience until all of it is here: one that trickles would hold up whoever waits
     * @throws java.io.InterruptedIOException if it did not come in time
     * @throws IOException if it cannot be had, or is larger than that
     */
    public Got get(URI uri, Fields headers, Duration patience, int largest) throws IOException {
        return whole(new HttpGet(uri), uri, headers, patience, largest);
    }

    /** The same, of a form that is sent. */
    public Got post(URI uri, Map<String, String> form, Duration patience, int largest) throws IOException {
        var request = new HttpPost(uri);
        request.setEntity(new UrlEncodedFormEntity(
                form.entrySet().stream().map(entry -> new BasicNameValuePair(entry.getKey(), entry.getValue())).toList(), StandardCharsets.UTF_8));
        return whole(request, uri, Fields.NONE, patience, largest);
    }

    private Got whole(HttpUriRequestBase request, URI uri, Fields headers, Duration patience, int largest) throws IOException {
        request.setHeader("user-agent", AGENT);
        request.setHeader("accept", "application/json");
        headers.forEach(request::setHeader);
        var isLate = new AtomicBoolean();
        var alarm = CompletableFuture.runAsync(
                () -> {
                    isLate.set(true);
                    request.cancel();
                },
                CompletableFuture.delayedExecutor(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS, Thread::startVirtualThread));
        try (var answer = http.executeOpen(new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort()), request, HttpClientContext.create())) {
            var body = answer.getEntity() == null ? new byte[0] : answer.getEntity().getContent().readNBytes(largest + 1);
            if (body.length > largest) {
                request.cancel(); // to close it would be to read the rest
                throw new IOException("the answer is larger than " + largest + " bytes");
            }
            return new Got(answer.getCode(), body);
        } catch (IOException e) {
            if (isLate.get()) {
                throw (IOException) new InterruptedIOException("the answer did not come within " + patience).initCause(e);
            }
            throw e;
        } finally {
            alarm.cancel(false);
        }
    }

    @Override
    public void destroy() throws IOException {
        idle.shutdown();
        http.close();
    }
}
