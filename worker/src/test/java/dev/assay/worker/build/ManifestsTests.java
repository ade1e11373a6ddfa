// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.Manifest;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestsTests {

    @Test
    void aNumberThatJsonHasNoWordForIsNoneAndNoText() {
        var hello = new Manifest("s", new Manifest.Identity("e", "1"), List.of());
        var tasks = Json.MAPPER.readTree("[{\"id\": \"t\", \"args\": {\"properties\": {\"x\": {\"default\": Infinity}, \"y\": {\"default\": 1.5}}}}]");
        var kept = Manifests.of(hello, tasks).at("/tasks/0/args/properties");
        assertThat(kept.at("/x/default").isNull()).isTrue();
        assertThat(kept.at("/y/default").doubleValue()).isEqualTo(1.5);
    }
}
