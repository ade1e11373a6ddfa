// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.testsupport.StoppableBroker;
import dev.assay.testsupport.TestPlatformInitializer;
import dev.assay.trace.DatabaseDoor;
import dev.assay.trace.JobServiceAddress;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;

/** Under load the broker goes away, with poison at the head of the spool, or the database does; and comes back. */
@SpringBootTest(
        classes = TraceService.class,
        properties = {
            "spring.config.name=trace-service",
            "assay.spans.patience=300ms",
            "assay.spans.delivery=2s",
            "assay.spans.rest=500ms"
        },
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = {TestPlatformInitializer.class, JobServiceAddress.class, OutageTests.OwnBroker.class})
@DirtiesContext
class OutageTests {

    private static final int SENDERS = 4;
    private static final Duration LONG = Duration.ofMinutes(1);

    static final class OwnBroker implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        static final StoppableBroker BROKER = StoppableBroker.start();
        static final DatabaseDoor DATABASE = new DatabaseDoor();

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of("assay.kafka=" + BROKER.servers(), "assay.database.url=" + DATABASE.url()).applyTo(context);
        }
    }

    @LocalServerPort
    private int port;

    @Autowired
    private Spool spool;

    @Autowired
    private SpanSink sink;

    @Autowired
    private JdbcClient jdbc;

    @Value("${assay.data}")
    private Path data;

    private final RunId run = new RunId(UUID.randomUUID());
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private volatile boolean enough;

    @AfterAll
    static void stop() {
        OwnBroker.BROKER.close();
    }

    @Test
    void whatWasAcknowledgedIsStoredOnceAndPoisonKeepsNothingWaiting() throws Exception {
        whileUploadsGoOn(() -> {
            OwnBroker.BROKER.goAway();
            await().atMost(LONG).until(() -> spool.size() >= 50);
            poison();
            OwnBroker.BROKER.comeBack();

            await().atMost(LONG).until(() -> spool.size() == 0);
        });

        awaitAllStoredOnce();
        assertThat(letters()).singleElement().asString().contains("RecordTooLarge");
        assertThat(spool.aside()).isEqualTo(1);
    }

    @Test
    void aBrokerThatTakesLongForTheSpoolsHeadKeepsNoUploadWaitingAndNothingIsLost() throws Exception {
        OwnBroker.BROKER.takesItsTimeFor("trace-service");
        try {
            OwnBroker.BROKER.goAway();
            send("spooled-", 48);
            OwnBroker.BROKER.comeBack();
            // the first ones are taken at once; after them the broker waits longer than it is waited for
            await().atMost(LONG).until(() -> spool.size() < 48);
            await().atMost(LONG).until(sink::brokerRests);
            send("behind-", 16);
            assertThat(spool.size()).isPositive();
        } finally {
            OwnBroker.BROKER.takesItsTimeNoMore("trace-service");
        }

        await().atMost(LONG).until(() -> spool.size() == 0);
        awaitAllStoredOnce();
        assertThat(letters()).isEmpty();
    }

    @Test
    void uploadsAreTakenWithoutADatabaseAndStoredOnceWhenItIsBack() throws Exception {
        whileUploadsGoOn(() -> {
            OwnBroker.DATABASE.shut();
            var unseen = OwnBroker.DATABASE.refused();
            awaitMore(100);
            await().atMost(LONG).until(() -> OwnBroker.DATABASE.refused() >= unseen + 5);
            OwnBroker.DATABASE.open();
        });

        awaitAllStoredOnce();
        assertThat(letters()).isEmpty();
    }

    private interface Trouble {
        void happens() throws Exception;
    }

    private void whileUploadsGoOn(Trouble trouble) throws Exception {
        try (var senders = Executors.newVirtualThreadPerTaskExecutor()) {
            var sending = new ArrayList<Future<?>>();
            for (var sender = 0; sender < SENDERS; sender++) {
                var name = "s" + sender + "-";
                sending.add(senders.submit(() -> sendUntilEnough(name)));
            }
            try {
                awaitMore(100);
                trouble.happens();
                awaitMore(100);
            } finally {
                enough = true;
            }
            for (var one : sending) {
                one.get();
            }
        }
    }

    private void awaitAllStoredOnce() {
        await().atMost(LONG).untilAsserted(() -> assertThat(stored()).containsExactlyInAnyOrderElementsOf(acknowledged));
    }

    private List<String> letters() {
        return jdbc.sql("select reason from dead_letter where key = :key").param("key", run.toString()).query(String.class).list();
    }

    /** At the head of the spool: a record that no broker takes, and a file that nobody can read. */
    private void poison() throws Exception {
        var folder = data.resolve("trace-service/spool");
        Files.writeString(folder.resolve("0000000000000000000.event"), run + "\n" + "x".repeat(2_000_000), UTF_8);
        Files.writeString(folder.resolve("0000000000000000000-.event"), "half of a key", UTF_8);
    }

    private void awaitMore(int spans) {
        var before = acknowledged.size();
        await().atMost(LONG).until(() -> acknowledged.size() >= before + spans);
    }

    /** Spans of 900 bytes that do not get smaller. */
    private void send(String name, int howMany) {
        var client = new TraceClient(port, new TeamId(run.value()));
        for (var number = 0; number < howMany; number++) {
            var padding = new byte[450];
            new Random(number).nextBytes(padding);
            client.send(run.hex(), TestSpans.user(run.hex(), name + number, null, 0).put("padding", HexFormat.of().formatHex(padding)));
            acknowledged.add(name + number);
        }
    }

    private void sendUntilEnough(String sender) {
        var client = new TraceClient(port, new TeamId(run.value()));
        var next = new AtomicInteger();
        while (!enough) {
            var ids = List.of(sender + next.getAndIncrement(), sender + next.getAndIncrement());
            client.send(run.hex(), TestSpans.user(run.hex(), ids.getFirst(), null, 0), TestSpans.user(run.hex(), ids.getLast(), null, 0));
            acknowledged.addAll(ids);
        }
    }

    private List<String> stored() {
        return jdbc.sql("select span_id from span where run = :run").param("run", run.value()).query(String.class).list();
    }
}
