// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import dev.assay.kit.kafka.KafkaLogin;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/** A Kafka of one node that ends with this JVM, without any engine. It can be stopped, and then comes back where and as it was. */
final class EmbeddedBroker {

    private final Map<String, Object> properties;
    private final String address;
    private @Nullable KafkaRaftServer server;

    /** Not started yet. */
    EmbeddedBroker(Map<String, Object> common) {
        try (var free = loopback(); var another = loopback()) {
            var folder = Files.createTempDirectory("assay-test-kafka-").toString();
            address = "127.0.0.1:" + free.getLocalPort();
            var controller = "127.0.0.1:" + another.getLocalPort();
            properties = new HashMap<>(common);
            properties.put("listeners", "%s://%s,CONTROLLER://%s".formatted(KafkaLogin.LISTENER, address, controller));
            properties.put("advertised.listeners", KafkaLogin.LISTENER + "://" + address);
            properties.put("controller.quorum.voters", "1@" + controller);
            properties.put("log.dirs", folder);
            new Formatter()
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(1)
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(folder)
                    .setDirectories(List.of(folder))
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .run();
        } catch (IOException e) {
            throw new UncheckedIOException("no Kafka could be set up", e);
        } catch (Exception e) {
            throw new IllegalStateException("no Kafka could be set up", e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    }

    String address() {
        return address;
    }

    synchronized void start() {
        server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        server.startup();
    }

    synchronized void stop() {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
        }
    }

    private static ServerSocket loopback() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
}
