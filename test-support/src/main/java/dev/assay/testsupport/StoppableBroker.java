// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import dev.assay.kit.kafka.KafkaLogin;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;

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

    /** From now on this service's records are taken at a trickle: after the first ones it waits for many seconds. */
    public void takesItsTimeFor(String service) {
        bound(service, 1_000.0);
    }

    public void takesItsTimeNoMore(String service) {
        bound(service, null);
    }

    private void bound(String service, @Nullable Double bytesPerSecond) {
        var user = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, service));
        var bound = new ClientQuotaAlteration.Op("producer_byte_rate", bytesPerSecond);
        try (var admin = Admin.create(asOperator())) {
            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(user, List.of(bound)))).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker cannot be slowed down", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        broker.stop();
    }
}
