// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connections by gRPC, made when somebody needs them: to Modal's API one for all accounts, to what starts commands in a sandbox one for each. */
final class Connections implements AutoCloseable {

    private static final int LARGEST_MESSAGE = 16 << 20;

    private final URI api;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable ManagedChannel toApi;

    Connections(URI api) {
        this.api = api;
    }

    synchronized ManagedChannel toApi() {
        if (toApi == null) {
            toApi = to(api);
        }
        return toApi;
    }

    /** What breaks unheard is found within less than a minute, however long nothing is said. */
    ManagedChannel to(URI address) {
        boolean sealed = address.getScheme().equals("https");
        int port = address.getPort() >= 0 ? address.getPort() : sealed ? 443 : 80;
        return Grpc.newChannelBuilderForAddress(
                        address.getHost(), port, sealed ? TlsChannelCredentials.create() : InsecureChannelCredentials.create())
                .executor(threads)
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .build();
    }

    /** Whether what is told there goes through the open, which it may on this machine. */
    boolean isOpen() {
        return !api.getScheme().equals("https");
    }

    @Override
    public synchronized void close() {
        if (toApi != null) {
            toApi.shutdownNow();
        }
        threads.shutdownNow();
    }
}
