// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import dev.assay.kit.kafka.KafkaLogin;
import java.util.Map;

/** A real Kafka of a test's own, set up as the shared one is, that can go away and come back with all it had. */
public final class StoppableBroker implements AutoCloseable {

    private final EmbeddedBroker broker;

    private StoppableBroker(EmbeddedBroker broker) {
        this.broker = broker;
    }

    public static StoppableBroker start() {
        var broker = new EmbeddedBroker(TestPlatform.brokerProperties());
        broker.start();
        TestPlatform.setUp(broker.address());
        return new StoppableBroker(broker);
    }

    public String servers() {
        return broker.address();
    }

    /** Properties of a client that is this service there. */
    public Map<String, Object> as(String service) {
        return KafkaLogin.client(broker.address(), service, TestPlatform.passwordOf(service));
    }

    /** Properties of a client that may do anything. */
    public Map<String, Object> asOperator() {
        return as(KafkaLogin.OPERATOR);
    }

    public void goAway() {
        broker.stop();
    }

    public void comeBack() {
        broker.start();
    }

    @Override
    public void close() {
        broker.stop();
    }
}
