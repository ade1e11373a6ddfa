// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.Tokens;
import dev.assay.trace.OtlpClient;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceService;
import dev.assay.testsupport.SmallDisk;
import dev.assay.testsupport.TestPlatformInitializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Neither broker nor job-service is there; sometimes there is no room on the disk either. */
@SpringBootTest(
        classes = TraceService.class,
        properties = {
            "spring.config.name=trace-service",
            "spring.kafka.bootstrap-servers=127.0.0.1:1",
            "spring.kafka.admin.operation-timeout=1s",
            "assay.job-url=http://127.0.0.1:1",
            "assay.spans.patience=500ms",
            "assay.spans.rest=1h"
        },
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = {TestPlatformInitializer.class, NoBroker.class})
@DirtiesContext
class BrokerAwayTests {

    @LocalServerPort
    private int port;

    @Autowired
    private Spool spool;

    @Value("${assay.data}")
    private Path data;

    @Test
    void spansAreTakenAndLieOnDisk() throws Exception {
        var run = new RunId(UUID.randomUUID()).hex();
        var client = new TraceClient(port, TeamId.random());

        client.send(run, TestSpans.user(run, "a", 1, 0));
        client.send(run, TestSpans.user(run, "b", 2, 0));
        new OtlpClient(port, Tokens.member(TeamId.random())).export(OtlpClient.span(run, 12, "c").build());

        assertThat(spooled()).contains("a", "b", "000000000000000c");
        assertThat(spool.files()).flatExtracting(file -> spool.read(file)).extracting(Spool.Entry::key).contains(RunId.parse(run).toString());
    }

    @Test
    void aFullDiskIsSaidToPassAndWhatWasAcknowledgedBeforeIsOnItWhole() throws Exception {
        var run = new RunId(UUID.randomUUID()).hex();
        var client = new TraceClient(port, TeamId.random());
        var acknowledged = new ArrayList<String>();
        try (var disk = SmallDisk.over(data.resolve("trace-service/spool"), "256k").orElseThrow(
                () -> new TestAbortedException("this user may mount no disk"))) {
            while (client.upload(run, upload(run, "s" + acknowledged.size(), 20_000)).returnResult().getStatus().value() == 204) {
                acknowledged.add("s" + acknowledged.size());
            }
            isToComeAgain(client.upload(run, upload(run, "refused", 20_000)));

            assertThat(acknowledged).isNotEmpty();
            assertThat(spooled()).containsExactlyElementsOf(acknowledged);
            try (var files = Files.list(data.resolve("trace-service/spool"))) {
                assertThat(files).hasSize(acknowledged.size());
            }
            spool.remove(spool.files().getFirst());
            client.upload(run, upload(run, "room again", 20_000)).expectStatus().isNoContent();
        }
    }

    @Test
    void aFullDiskForLargeSpansIsSaidToPassToo() throws Exception {
        var run = new RunId(UUID.randomUUID()).hex();
        var client = new TraceClient(port, TeamId.random());
        var blobs = data.resolve("trace-service/blobs");
        try (var disk = SmallDisk.over(blobs, "64k").orElseThrow(
                () -> new TestAbortedException("this user may mount no disk"))) {
            isToComeAgain(client.upload(run, upload(run, "large", 200_000)));
            var large = OtlpClient.span(run, 1, "large").addAttributes(OtlpClient.attribute("padding", "x".repeat(200_000))).build();
            var otlp = new OtlpClient(port, Tokens.member(TeamId.random()));
            isToComeAgain(otlp.post(OtlpClient.PROTOBUF, null, OtlpClient.export(List.of(), large).toByteArray()));
            try (var files = Files.walk(blobs)) {
                assertThat(files.filter(Files::isRegularFile)).isEmpty();
            }
            client.upload(run, upload(run, "small", 2_000)).expectStatus().isNoContent();
        }
        client.upload(run, upload(run, "large", 200_000)).expectStatus().isNoContent();
    }

    private static void isToComeAgain(RestTestClient.ResponseSpec answer) {
        answer.expectStatus().isEqualTo(503).expectHeader().valueEquals("Retry-After", "25");
    }

    private static String upload(String run, String id, int size) {
        var span = TestSpans.user(run, id, 1, 0).put("padding", "x".repeat(size));
        return Json.object().set("telemetry", Json.array().add(span)).toString();
    }

    /** The ids of the spans on the spool, oldest first. */
    private List<String> spooled() throws IOException {
        var ids = new ArrayList<String>();
        for (var file : spool.files()) {
            for (var record : spool.read(file)) {
                SpansRecord.decode(record.value()).entries().forEach(entry -> ids.add(entry.head().spanId()));
            }
        }
        return ids;
    }
}
