// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is asked of an engine, which has no graphics processors here, and whose processors nobody counts. */
class SandboxContainerTests {

    @Test
    void processorsAreAskedForAsTheyAreLimited() {
        var host = SandboxContainer.walls("none", Set.of(), SandboxLimits.DEFAULTS.withCpus(1.5).withGpus(2));
        assertThat(host.getNanoCPUs()).isEqualTo(1_500_000_000);
        assertThat(host.getDeviceRequests()).singleElement().satisfies(gpus -> {
            assertThat(gpus.getCount()).isEqualTo(2);
            assertThat(gpus.getCapabilities()).isEqualTo(List.of(List.of("gpu")));
        });
        var unlimited = SandboxContainer.walls("none", Set.of(), SandboxLimits.DEFAULTS);
        assertThat(unlimited.getNanoCPUs()).isNull();
        assertThat(unlimited.getDeviceRequests()).isNull();
    }

    @Test
    void aContainerThatWasStartedForNobodyTellsByItsNameWhoseItIs() {
        var run = new SandboxLabel("2b0e365b-20f6-4f3b-b114-738e592b4f44", 12);
        assertThat(SandboxContainer.of("/" + SandboxContainer.name("d0123456789abcde", run))).contains(run);
        assertThat(SandboxContainer.of("/" + SandboxContainer.name("d0123456789abcde"), "/" + Relay.name("d0123456789abcde"))).isEmpty();
    }
}
