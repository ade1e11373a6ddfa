// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.trace.TestSpans;
import dev.assay.trace.TraceClient;
import dev.assay.trace.TraceService;
import dev.assay.testsupport.TestPlatformInitializer;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;

/** Neither broker nor job-service is there. */
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

    @Test
    void spansAreTakenAndLieOnDisk() throws Exception {
        var run = new RunId(UUID.randomUUID()).hex();
        var client = new TraceClient(port, TeamId.random());

        client.send(run, TestSpans.user(run, "a", 1, 0));
        client.send(run, TestSpans.user(run, "b", 2, 0));

        assertThat(spool.size()).isEqualTo(2);
        assertThat(spool.read(spool.files().getFirst()).orElseThrow().key()).isEqualTo(RunId.parse(run).toString());
    }
}
