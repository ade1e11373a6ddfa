// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.http;

import dev.assay.sdk.agents.CapabilityRoute;
import dev.assay.sdk.protocol.Capability;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * An HTTP client for one capability. Nothing is looked up or dialled but by the capability's route, whatever host an address names, and
 * each exchange has a connection of its own: a stream that waited in a pool may have ended at its other end, and opening one costs a
 * message within the machine. There are no time limits but those of the single calls, and nothing is sent twice: a tool that was called
 * again would act again.
 */
public final class RoutedHttp {

    private RoutedHttp() {}

    /** Opens a new connection, always to the same other end. */
    @FunctionalInterface
    public interface Dial {
        Socket open() throws IOException;
    }

    /**
     * The address by which a server is asked through a tunnel, as the published client asks: servers that mind who calls them take calls
     * from their own machine. One with a certificate is called by the name that this is about.
     */
    public static HttpUrl local(HttpUrl url) {
        return url.isHttps() ? url : url.newBuilder().host("127.0.0.1").build();
    }

    public static OkHttpClient client(Capability capability, CapabilityRoute route) {
        return client(capability, route, UnaryOperator.identity());
    }

    /** @param reading what is put between a connection's bytes and the client, such as a count of them */
    public static OkHttpClient client(Capability capability, CapabilityRoute route, UnaryOperator<InputStream> reading) {
        return client(() -> route.open(capability), reading);
    }

    /**
     * One for a web socket: without compression, by which little could become more than any memory holds, and within the meter's limit. It
     * goes nowhere else, whatever the server says of another place.
     */
    public static OkHttpClient webSocket(Dial dial, MessageMeter meter) {
        return client(dial, meter::on).newBuilder()
                .followRedirects(false)
                .followSslRedirects(false)
                .addInterceptor(chain -> chain.proceed(chain.request().newBuilder().removeHeader("Sec-WebSocket-Extensions").build())
                        .newBuilder().removeHeader("Sec-WebSocket-Extensions").build())
                .build();
    }

    private static OkHttpClient client(Dial dial, UnaryOperator<InputStream> reading) {
        return new OkHttpClient.Builder()
                .socketFactory(new RoutedSockets(dial, reading))
                .dns(host -> List.of(InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1})))
                .proxy(Proxy.NO_PROXY)
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
                .retryOnConnectionFailure(false)
                // by which the library would ask a server again that is busy for the moment
                .addNetworkInterceptor(chain -> chain.proceed(chain.request()).newBuilder().removeHeader("Retry-After").build())
                .connectTimeout(Duration.ZERO)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .build();
    }
}
