// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.internal.WorkerReport;
import dev.assay.contracts.internal.WorkerReport.Gives;
import dev.assay.sdk.protocol.RuntimeConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class OffersTests {

    private static final WorkerReport SMALL = worker(new Gives(4_000, 10_000, true));
    private static final WorkerReport CLOSED = worker(new Gives(8_000, 50_000, false));

    @Test
    void whatNoneGivesIsRefusedWithTheMostThatThereIs() {
        assertThat(Offers.refusal("process", read("{'resources':{'memory_mb':5000}}"), List.of(SMALL)))
                .contains("resources.memory_mb: 5000 MiB are asked for, a sandbox here gets 4000 at most");
        assertThat(Offers.refusal("process", read("{'network':'outbound'}"), List.of(CLOSED)).orElseThrow()).startsWith("network: ");
        assertThat(Offers.refusal("process", read("{'resources':{'memory_mb':4000},'network':'outbound'}"), List.of(SMALL))).isEmpty();
    }

    @Test
    void oneThatGivesAllOfItIsEnoughAndOneThatGivesEachOfItApartIsNot() {
        var large = read("{'resources':{'memory_mb':8000}}");
        assertThat(Offers.refusal("process", large, List.of(SMALL, CLOSED))).isEmpty();
        var largeAndOpen = read("{'resources':{'memory_mb':8000},'network':['pypi.org']}");
        assertThat(Offers.refusal("process", largeAndOpen, List.of(SMALL, CLOSED))).isPresent();
    }

    @Test
    void whereNobodyIsOrOneDoesNotTellItWaits() {
        var large = read("{'resources':{'memory_mb':8000}}");
        assertThat(Offers.refusal("docker", large, List.of(SMALL))).isEmpty();
        assertThat(Offers.refusal("process", large, List.of(SMALL, worker(null)))).isEmpty();
    }

    @Test
    void howLargeASandboxIsInATeamsOwnAccountIsNotTheWorkersToBound() {
        var config = read("{'image':'a','runtime':'modal','resources':{'memory_mb':65536}}");
        var worker = worker(new Gives(4_000, 10_000, true), "docker", "modal");
        assertThat(Offers.refusal("modal", config, List.of(worker))).isEmpty();
        assertThat(Offers.refusal("docker", config, List.of(worker))).isPresent();
    }

    private static RuntimeConfig read(String config) {
        return RuntimeConfig.read(JsonMapper.shared().readTree(config.replace('\'', '"')));
    }

    private static WorkerReport worker(Gives gives) {
        return worker(gives, "process");
    }

    private static WorkerReport worker(Gives gives, String... kinds) {
        return new WorkerReport("working", null, "1", "none", List.of(kinds), new WorkerReport.Capacity(1, 1, 4, 16_000, 0),
                new WorkerReport.Holds(0, 0, 0), new WorkerReport.Spans(0, 0), Map.of(), gives);
    }
}
