// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.event.Topics;
import dev.assay.kit.kafka.KafkaLogin;
import dev.assay.kit.kafka.KafkaRights;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a real broker that is set up as all of them are lets in, and what not. */
@Execution(ExecutionMode.CONCURRENT) // it waits for a broker
class KafkaRightsTests {

    @Test
    void whoSaysNoNameIsNotLetIn() {
        assertThatThrownBy(() -> write(Map.of("bootstrap.servers", TestPlatform.kafka(), "max.block.ms", 3000), Topics.RUN_FINISHED))
                .isInstanceOf(TimeoutException.class);
    }

    @ParameterizedTest
    @CsvSource({"job-service, wrong", "operator, password-of-job-service", "worker, password-of-worker", "ANONYMOUS, ''"})
    void whoDoesNotKnowThePasswordIsNotLetIn(String user, String password) {
        assertThatThrownBy(() -> write(KafkaLogin.client(TestPlatform.kafka(), user, password), Topics.RUN_FINISHED))
                .isInstanceOf(SaslAuthenticationException.class);
    }

    @Test
    void onlyJobServiceTellsThatARunHasFinished() {
        assertThatCode(() -> write(TestPlatform.kafkaAs("job-service"), Topics.RUN_FINISHED)).doesNotThrowAnyException();
        assertThatThrownBy(() -> write(TestPlatform.kafkaAs("trace-service"), Topics.RUN_FINISHED))
                .isInstanceOf(TopicAuthorizationException.class);
        assertThatThrownBy(() -> write(TestPlatform.kafkaAs("grading-service"), Topics.RUN_FINISHED))
                .isInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void onlyTraceServiceWritesSpans() {
        assertThatCode(() -> write(TestPlatform.kafkaAs("trace-service"), Topics.SPANS)).doesNotThrowAnyException();
        assertThatThrownBy(() -> write(TestPlatform.kafkaAs("job-service"), Topics.SPANS))
                .isInstanceOf(TopicAuthorizationException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "job-service, assay.spans, job-service", "grading-service, assay.run-finished, grading-service",
        "trace-service, assay.run-finished, trace-service-runs", "trace-service, assay.spans, trace-service-spans"
    })
    void readersReadWhatTheyAreToldBy(String service, String topic, String group) {
        assertThatCode(() -> read(service, topic, group)).doesNotThrowAnyException();
    }

    @Test
    void gradingSeesNoSpans() {
        assertThatThrownBy(() -> read("grading-service", Topics.SPANS, "grading-service")).isInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void nobodyReadsInAnothersNameAndSoTakesRecordsFromIt() {
        assertThatThrownBy(() -> read("trace-service", Topics.RUN_FINISHED, "grading-service"))
                .isInstanceOf(GroupAuthorizationException.class);
    }

    @Test
    void nobodyMakesTopicsOrRightsForItself() {
        try (var broker = Admin.create(TestPlatform.kafkaAs("job-service"))) {
            var further = new NewTopic("further-" + UUID.randomUUID(), Optional.of(1), Optional.empty());
            assertThatThrownBy(() -> broker.createTopics(List.of(further)).all().get())
                    .hasRootCauseInstanceOf(TopicAuthorizationException.class);
            assertThatThrownBy(() -> broker.createAcls(List.of(mayWrite(Topics.SPANS))).all().get())
                    .hasRootCauseInstanceOf(ClusterAuthorizationException.class);
            assertThatThrownBy(() -> broker.deleteTopics(List.of(Topics.RUN_FINISHED)).all().get())
                    .hasRootCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void aRightThatIsNoLongerInTheListGoes() throws Exception {
        try (var broker = Admin.create(TestPlatform.kafkaAsOperator())) {
            var right = mayWrite("another-topic");
            broker.createAcls(List.of(right)).all().get();
            // what the controller has taken, the broker shows a moment later
            await().untilAsserted(() -> assertThat(rights(broker)).contains(right));

            KafkaRights.establish(broker);

            await().untilAsserted(() -> assertThat(rights(broker)).isNotEmpty().doesNotContain(right));
        }
    }

    private static Collection<AclBinding> rights(Admin broker) throws Exception {
        return broker.describeAcls(AclBindingFilter.ANY).values().get();
    }

    private static AclBinding mayWrite(String topic) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:job-service", "*", AclOperation.WRITE, AclPermissionType.ALLOW));
    }

    private static void write(Map<String, Object> client, String topic) throws Throwable {
        var properties = new HashMap<>(client);
        // the right to a producer's number would be refused beside the topic's, now before it and now after it
        properties.put("enable.idempotence", false);
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, "no run", "no event")).get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    private static void read(String service, String topic, String group) {
        var properties = new HashMap<>(TestPlatform.kafkaAs(service));
        properties.put("group.id", group);
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(200));
            }
            consumer.commitSync();
        }
    }
}
