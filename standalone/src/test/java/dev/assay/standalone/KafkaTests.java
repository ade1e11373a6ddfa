// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.event.Topics;
import dev.assay.kit.kafka.KafkaLogin;
import dev.assay.testsupport.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded broker's door. What each service may do there is tested where the rights are. */
class KafkaTests {

    @TempDir
    private Path data;

    @Test
    void itAsksWhoComesAndKnowsThemAgainAfterARestart() throws Exception {
        var settings = new Settings(FreePort.findWithNext(12), "127.0.0.1", data, false, false, "required");
        String password;
        try (var kafka = Kafka.start(settings)) {
            password = kafka.passwordOf("job-service");
            var unnamed = Map.<String, Object>of(
                    "bootstrap.servers", kafka.bootstrapServers(), "default.api.timeout.ms", 3000, "request.timeout.ms", 2000);
            try (var nobody = Admin.create(unnamed)) {
                assertThatThrownBy(() -> nobody.listTopics().names().get()).isInstanceOf(Exception.class);
            }
            make(kafka, password, Topics.RUN_FINISHED);
            assertThatThrownBy(() -> make(kafka, password, Topics.SPANS)).hasRootCauseInstanceOf(TopicAuthorizationException.class);
        }
        try (var kafka = Kafka.start(settings)) {
            try (var job = Admin.create(KafkaLogin.client(kafka.bootstrapServers(), "job-service", password))) {
                assertThat(job.listTopics().names().get()).containsExactly(Topics.RUN_FINISHED);
            }
        }
        try (var files = Files.list(data.resolve("kafka"))) {
            var onlyItsOwner = PosixFilePermissions.fromString("rw-------");
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("password-of-")))
                    .hasSize(4)
                    .allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file)).isEqualTo(onlyItsOwner));
        }
    }

    private static void make(Kafka kafka, String password, String topic) throws Exception {
        try (var job = Admin.create(KafkaLogin.client(kafka.bootstrapServers(), "job-service", password))) {
            job.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty()))).all().get();
        }
    }
}
