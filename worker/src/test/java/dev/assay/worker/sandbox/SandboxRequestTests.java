// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SandboxRequestTests {

    private static final double MOST_CPUS = 4;

    @Test
    void limitsAreTakenFromIt() {
        var asked = config("{'resources':{'memory_mb':64,'gpu':{}},'limits':{'startup_timeout_s':3,'run_timeout_s':9}}");
        var limits = SandboxRequest.limits(asked, SandboxLimits.DEFAULTS, MOST_CPUS);
        assertThat(limits.memoryBytes()).isEqualTo(64L << 20);
        assertThat(limits.gpus()).isEqualTo(1);
        assertThat(limits.startup()).isEqualTo(Duration.ofSeconds(3));
        assertThat(limits.lifetime()).isEqualTo(Duration.ofSeconds(9 + 3 + 120));
        assertThat(SandboxRequest.limits(config("{'limits':null}"), SandboxLimits.DEFAULTS, MOST_CPUS)).isEqualTo(SandboxLimits.DEFAULTS);
    }

    @Test
    void resourcesAreGivenAsTheyAreAskedFor() {
        var asked = config("{'resources':{'memory_mb':1024,'storage_mb':2048,'cpu':1.5}}");
        var limits = SandboxRequest.limits(asked, SandboxLimits.DEFAULTS, MOST_CPUS);
        assertThat(limits.memoryBytes()).isEqualTo(1L << 30);
        assertThat(limits.diskBytes()).isEqualTo(2L << 30);
        assertThat(limits.cpus()).isEqualTo(1.5);
        assertThat(SandboxRequest.shortfall(asked, MOST_CPUS)).isEmpty();
    }

    @Test
    void moreProcessorsAreCutToWhatTheOperatorGives() {
        var many = config("{'resources':{'cpu':64}}");
        assertThat(SandboxRequest.limits(many, SandboxLimits.DEFAULTS, MOST_CPUS).cpus()).isEqualTo(4);
        assertThat(SandboxRequest.shortfall(many, MOST_CPUS)).contains(
                "resources.cpu 64.0 is cut to the 4.0 that this worker gives a sandbox at most");
    }

    @Test
    void lessNetworkMayBeAskedForButNotMore() {
        assertThat(SandboxRequest.network(RuntimeConfig.NONE, Network.OUTBOUND)).isEqualTo(Network.OUTBOUND);
        assertThat(SandboxRequest.network(config("{'network':null}"), Network.NONE)).isEqualTo(Network.NONE);
        assertThat(SandboxRequest.network(config("{'network':'none'}"), Network.OUTBOUND)).isEqualTo(Network.NONE);
        assertThat(SandboxRequest.network(config("{'network':['pypi.org']}"), Network.OUTBOUND)).isEqualTo(Network.LISTED);
        assertThat(SandboxRequest.network(config("{'network':['pypi.org']}"), Network.NONE)).isEqualTo(Network.NONE);
        assertThat(SandboxRequest.network(config("{'network':'outbound'}"), Network.NONE)).isEqualTo(Network.NONE);
    }

    private static RuntimeConfig config(String text) {
        return RuntimeConfig.read(Json.MAPPER.readTree(text.replace('\'', '"')));
    }
}
