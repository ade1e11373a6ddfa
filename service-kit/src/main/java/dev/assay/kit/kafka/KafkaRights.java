// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.kafka;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import dev.assay.contracts.event.Topics;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** Who may do what on the broker. What does not stand here is refused, also to those who have a password. */
public final class KafkaRights {

    private static final String JOB = "job-service";
    private static final String GRADING = "grading-service";
    private static final String TRACE = "trace-service";

    /** The services that speak with the broker, each by a user of its name. The others have no business there. */
    public static final List<String> SERVICES = List.of(JOB, GRADING, TRACE);

    private static final List<AclBinding> RIGHTS = Stream.of(
                    owns(JOB, Topics.RUN_FINISHED),
                    reads(JOB, Topics.SPANS, JOB),
                    reads(GRADING, Topics.RUN_FINISHED, GRADING),
                    owns(TRACE, Topics.SPANS),
                    reads(TRACE, Topics.SPANS, "trace-service-spans"),
                    reads(TRACE, Topics.RUN_FINISHED, "trace-service-runs"))
            .flatMap(rights -> rights)
            .toList();

    private KafkaRights() {}

    /** Makes the services' rights on a broker exactly these, whatever they were. */
    public static void establish(Admin broker) throws ExecutionException, InterruptedException {
        var services = SERVICES.stream().map(KafkaRights::principal).toList();
        var present = broker.describeAcls(AclBindingFilter.ANY).values().get().stream()
                .filter(right -> services.contains(right.entry().principal()))
                .toList();
        broker.deleteAcls(present.stream().filter(Predicate.not(Set.copyOf(RIGHTS)::contains)).map(AclBinding::toFilter).toList()).all().get();
        broker.createAcls(RIGHTS).all().get();
    }

    /** For brokers that run elsewhere: {@code ASSAY_KAFKA} and the operator's {@code ASSAY_KAFKA_PASSWORD} say where and as whom. */
    public static void main(String[] arguments) throws ExecutionException, InterruptedException {
        try (var broker = Admin.create(KafkaLogin.client(
                variable("ASSAY_KAFKA"), KafkaLogin.OPERATOR, variable("ASSAY_KAFKA_PASSWORD")))) {
            establish(broker);
        }
    }

    private static String variable(String name) {
        var value = System.getenv(name);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException(name + " is not set");
        }
        return value;
    }

    private static Stream<AclBinding> owns(String service, String topic) {
        return Stream.of(CREATE, ALTER, ALTER_CONFIGS, WRITE).map(operation -> right(service, operation, ResourceType.TOPIC, topic));
    }

    private static Stream<AclBinding> reads(String service, String topic, String group) {
        return Stream.of(right(service, READ, ResourceType.TOPIC, topic), right(service, READ, ResourceType.GROUP, group));
    }

    private static AclBinding right(String service, AclOperation operation, ResourceType type, String name) {
        return new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry(principal(service), "*", operation, AclPermissionType.ALLOW));
    }

    private static String principal(String service) {
        return "User:" + service;
    }
}
