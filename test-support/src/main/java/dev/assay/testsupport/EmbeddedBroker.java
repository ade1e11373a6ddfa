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

/** A Kafka of one node that ends with this JVM, without any engine. */
final class EmbeddedBroker {

    private EmbeddedBroker() {}

    static String start(Map<String, Object> common) {
        try (var free = loopback(); var another = loopback()) {
            var folder = Files.createTempDirectory("assay-test-kafka-").toString();
            var here = "127.0.0.1:" + free.getLocalPort();
            var controller = "127.0.0.1:" + another.getLocalPort();
            var properties = new HashMap<>(common);
            properties.put("listeners", "%s://%s,CONTROLLER://%s".formatted(KafkaLogin.LISTENER, here, controller));
            properties.put("advertised.listeners", KafkaLogin.LISTENER + "://" + here);
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
            free.close();
            another.close();
            var server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
            server.startup();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                server.shutdown();
                server.awaitShutdown();
            }));
            return here;
        } catch (IOException e) {
            throw new UncheckedIOException("no Kafka could be started", e);
        } catch (Exception e) {
            throw new IllegalStateException("no Kafka could be started", e);
        }
    }

    private static ServerSocket loopback() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
}
