// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SandboxRequestTests {

    private static final SandboxRequest.Most MOST = new SandboxRequest.Most(4L << 30, 8L << 30, 4);

    @Test
    void limitsAreTakenFromIt() {
        var asked = config("{'resources':{'memory_mb':64,'gpu':{}},'limits':{'startup_timeout_s':3,'run_timeout_s':9}}");
        var limits = SandboxRequest.limits(asked, SandboxLimits.DEFAULTS, MOST);
        assertThat(limits.memoryBytes()).isEqualTo(64L << 20);
        assertThat(limits.gpus()).isEqualTo(1);
        assertThat(limits.startup()).isEqualTo(Duration.ofSeconds(3));
        assertThat(limits.lifetime()).isEqualTo(Duration.ofSeconds(9 + 3 + 120));
        assertThat(SandboxRequest.limits(config("{'limits':null}"), SandboxLimits.DEFAULTS, MOST)).isEqualTo(SandboxLimits.DEFAULTS);
    }

    @Test
    void resourcesAreGivenUpToWhatTheOperatorGives() {
        var asked = config("{'resources':{'memory_mb':1024,'storage_mb':2048,'cpu':1.5}}");
        var limits = SandboxRequest.limits(asked, SandboxLimits.DEFAULTS, MOST);
        assertThat(limits.memoryBytes()).isEqualTo(1L << 30);
        assertThat(limits.diskBytes()).isEqualTo(2L << 30);
        assertThat(limits.cpus()).isEqualTo(1.5);
        assertThat(SandboxRequest.refusal(asked, MOST)).isEmpty();
        assertThat(SandboxRequest.shortfall(asked, MOST)).isEmpty();
    }

    @Test
    void beyondThatTheyAreRefusedOrCutByName() {
        assertThat(SandboxRequest.refusal(config("{'resources':{'memory_mb':4097}}"), MOST))
                .contains("runtime_config asks for resources.memory_mb 4097: this worker gives a sandbox at most 4096");
        assertThat(SandboxRequest.refusal(config("{'resources':{'storage_mb':4e12}}"), MOST).orElseThrow())
                .startsWith("runtime_config asks for resources.storage_mb");
        var many = config("{'resources':{'cpu':64}}");
        assertThat(SandboxRequest.limits(many, SandboxLimits.DEFAULTS, MOST).cpus()).isEqualTo(4);
        assertThat(SandboxRequest.shortfall(many, MOST)).contains(
                "resources.cpu 64.0 is cut to the 4.0 that this worker gives a sandbox at most");
    }

    @Test
    void lessNetworkMayBeAskedForButNotMore() throws Exception {
        assertThat(SandboxRequest.network(RuntimeConfig.NONE, Network.OUTBOUND)).isEqualTo(Network.OUTBOUND);
        assertThat(SandboxRequest.network(config("{'network':null}"), Network.NONE)).isEqualTo(Network.NONE);
        assertThat(SandboxRequest.network(config("{'network':'none'}"), Network.OUTBOUND)).isEqualTo(Network.NONE);
        assertThat(SandboxRequest.network(config("{'network':['pypi.org']}"), Network.OUTBOUND)).isEqualTo(Network.LISTED);
        assertThatExceptionOfType(NotRunnableException.class)
                .isThrownBy(() -> SandboxRequest.network(config("{'network':['pypi.org']}"), Network.NONE))
                .withMessageContaining("gives sandboxes none");
        assertThatExceptionOfType(NotRunnableException.class)
                .isThrownBy(() -> SandboxRequest.network(config("{'network':'outbound'}"), Network.NONE))
                .withMessageContaining("gives sandboxes none");
    }

    private static RuntimeConfig config(String text) {
        return RuntimeConfig.read(Json.MAPPER.readTree(text.replace('\'', '"')));
    }
}
