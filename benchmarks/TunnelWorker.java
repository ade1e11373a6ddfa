// SPDX-License-Identifier: Apache-2.0

import dev.assay.kit.ServiceStart;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.worker.Worker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** The worker as it is, but for its sandboxes: each is the one environment of {@link EnvironmentStandIn}, which is there already. */
@Configuration(proxyBeanMethods = false)
@Import(Worker.class)
public class TunnelWorker {

    private static int port;

    public static void main(String[] arguments) {
        port = Integer.parseInt(arguments[0]);
        ServiceStart.run(TunnelWorker.class, "worker", Arrays.copyOfRange(arguments, 1, arguments.length));
    }

    /** It is found before the worker's own of that name. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    Runtime standIn() {
        return new StandIn();
    }

    private static final class StandIn implements Runtime {

        private record Nothing() implements Prepared {}

        @Override
        public String name() {
            return "process";
        }

        @Override
        public Optional<String> refusal(RuntimeConfig config) {
            return Optional.empty();
        }

        @Override
        public Prepared prepare(Source source, Consumer<String> log) {
            return new Nothing();
        }

        @Override
        public Sandbox launch(SandboxSpec spec) {
            return new There();
        }

        @Override
        public Optional<URI> door() {
            return Optional.empty();
        }

        @Override
        public int reap(Instant now) {
            return 0;
        }
    }

    private static final class There implements Sandbox {

        @Override
        public SocketAddress address() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        }

        @Override
        public Optional<URI> door() {
            return Optional.empty();
        }

        @Override
        public String outputTail() {
            return "";
        }

        @Override
        public boolean alive() {
            return true;
        }

        @Override
        public void close() {}
    }
}
