// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import dev.assay.kit.kafka.KafkaLogin;
import dev.assay.kit.kafka.KafkaRights;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** A real Kafka of one node, broker and controller in one, whose log outlives the JVM. It asks who comes. */
final class Kafka implements AutoCloseable {

    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private final Map<String, String> passwords;

    private Kafka(KafkaRaftServer server, String bootstrapServers, Map<String, String> passwords) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
        this.passwords = passwords;
    }

    static Kafka start(Settings settings) throws Exception {
        var folder = settings.data().resolve("kafka");
        Files.createDirectories(folder);
        var log = folder.resolve("log").toString();
        new Formatter()
                .setClusterId(clusterId(folder.resolve("cluster-id")))
                .setNodeId(1)
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(log)
                .setDirectories(List.of(log))
                .setIgnoreFormatted(true)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .run();
        var passwords = passwords(folder);
        var server = new KafkaRaftServer(new KafkaConfig(properties(settings, log, passwords), false), Time.SYSTEM);
        server.startup();
        var kafka = new Kafka(server, "127.0.0.1:" + settings.kafkaPort(), passwords);
        try (var broker = Admin.create(KafkaLogin.client(kafka.bootstrapServers, KafkaLogin.OPERATOR, kafka.passwordOf(KafkaLogin.OPERATOR)))) {
            KafkaRights.establish(broker);
        } catch (Exception e) {
            kafka.close();
            throw e;
        }
        return kafka;
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    String passwordOf(String user) {
        return Objects.requireNonNull(passwords.get(user), user);
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    /** One for each user, in files of their own. */
    private static Map<String, String> passwords(Path folder) throws IOException {
        var passwords = new HashMap<String, String>();
        for (var user : Stream.concat(Stream.of(KafkaLogin.OPERATOR), KafkaRights.SERVICES.stream()).toList()) {
            passwords.put(user, KeptPassword.in(folder.resolve("password-of-" + user)));
        }
        return passwords;
    }

    private static String clusterId(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.writeString(file, Uuid.randomUuid().toString());
        }
        return Files.readString(file).strip();
    }

    private static Map<String, Object> properties(Settings settings, String log, Map<String, String> passwords) {
        var properties = new HashMap<>(KafkaLogin.broker(passwords));
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + settings.kafkaControllerPort());
        properties.put(
                "listeners",
                "%s://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(KafkaLogin.LISTENER, settings.kafkaPort(), settings.kafkaControllerPort()));
        properties.put("advertised.listeners", KafkaLogin.LISTENER + "://127.0.0.1:" + settings.kafkaPort());
        properties.put("log.dirs", log);
        properties.put("num.partitions", "4");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "1");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("share.coordinator.state.topic.num.partitions", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("log.cleaner.dedupe.buffer.size", "16777216");
        // After a hard kill the old registration must run out before this node may come back: keep that short.
        properties.put("broker.session.timeout.ms", "2000");
        properties.put("broker.heartbeat.interval.ms", "500");
        return properties;
    }
}
