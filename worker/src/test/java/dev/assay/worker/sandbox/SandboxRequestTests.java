// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SandboxRequestTests {

    private static final SandboxRequest.Most MOST = new SandboxRequest.Most(4L << 30, 8L << 30, 4);

    @Test
    void theRowsMembersReplaceTheEnvironments() {
        var base = json("{'image':'a','resources':{'memory_mb':100,'cpu':1}}");
        assertThat(SandboxRequest.effective(base, null)).isEqualTo(base);
        assertThat(SandboxRequest.effective(null, json("{'limits':{}}"))).isEqualTo(json("{'limits':{}}"));
        assertThat(SandboxRequest.effective(base, json("{'resources':{'memory_mb':5}}")))
                .isEqualTo(json("{'image':'a','resources':{'memory_mb':5}}"));
        assertThat(SandboxRequest.effective(base, json("{'image':null}"))).isEqualTo(
                json("{'image':null,'resources':{'memory_mb':100,'cpu':1}}"));
        assertThat(SandboxRequest.effective(base, json("{'compose':{}}")).has("image")).isFalse();
    }

    @Test
    void whatAProcessCannotBeIsRefused() {
        assertThat(SandboxRequest.refusal(null, MOST)).isEmpty();
        assertThat(SandboxRequest.refusal(json("{'image':null,'resources':{'cpu':2,'memory_mb':100}}"), MOST)).isEmpty();
        assertThat(SandboxRequest.refusal(json("{'image':'x','resources':{'tpu':{}}}"), MOST).orElseThrow())
                .startsWith("runtime_config asks for image, resources.tpu");
    }

    @Test
    void limitsAreTakenFromIt() {
        var limits = SandboxRequest.limits(
                json("{'resources':{'memory_mb':64},'limits':{'startup_timeout_s':3,'run_timeout_s':9}}"), SandboxLimits.DEFAULTS, MOST);
        assertThat(limits.memoryBytes()).isEqualTo(64L << 20);
        assertThat(limits.startup()).isEqualTo(Duration.ofSeconds(3));
        assertThat(limits.lifetime()).isEqualTo(Duration.ofSeconds(9 + 3 + 120));
        assertThat(SandboxRequest.limits(json("{'limits':null}"), SandboxLimits.DEFAULTS, MOST)).isEqualTo(SandboxLimits.DEFAULTS);
    }

    @Test
    void resourcesAreGivenUpToWhatTheOperatorGives() {
        var asked = json("{'resources':{'memory_mb':1024,'storage_mb':2048,'cpu':1.5}}");
        var limits = SandboxRequest.limits(asked, SandboxLimits.DEFAULTS, MOST);
        assertThat(limits.memoryBytes()).isEqualTo(1L << 30);
        assertThat(limits.diskBytes()).isEqualTo(2L << 30);
        assertThat(limits.cpus()).isEqualTo(1.5);
        assertThat(SandboxRequest.refusal(asked, MOST)).isEmpty();
        assertThat(SandboxRequest.shortfall(asked, MOST, true)).isEmpty();
        assertThat(SandboxRequest.shortfall(null, MOST, false)).isEmpty();
    }

    @Test
    void beyondThatTheyAreRefusedOrCutByName() {
        assertThat(SandboxRequest.refusal(json("{'resources':{'memory_mb':4097}}"), MOST))
                .contains("runtime_config asks for resources.memory_mb 4097: this worker gives a sandbox at most 4096");
        assertThat(SandboxRequest.refusal(json("{'resources':{'storage_mb':9e15}}"), MOST).orElseThrow())
                .startsWith("runtime_config asks for resources.storage_mb");
        var many = json("{'resources':{'cpu':64}}");
        assertThat(SandboxRequest.limits(many, SandboxLimits.DEFAULTS, MOST).cpus()).isEqualTo(4);
        assertThat(SandboxRequest.shortfall(many, MOST, true)).contains(
                "resources.cpu 64 is cut to the 4.0 that this worker gives a sandbox at most");
        assertThat(SandboxRequest.shortfall(json("{'resources':{'cpu':1}}"), MOST, false).orElseThrow()).contains("not kept to");
    }

    @Test
    void lessNetworkMayBeAskedForButNotMore() throws Exception {
        assertThat(SandboxRequest.network(null, Network.OUTBOUND)).isEqualTo(Network.OUTBOUND);
        assertThat(SandboxRequest.network(json("{'network':null}"), Network.NONE)).isEqualTo(Network.NONE);
        assertThat(SandboxRequest.network(json("{'network':'none'}"), Network.OUTBOUND)).isEqualTo(Network.NONE);
        assertThatExceptionOfType(NotRunnableException.class)
                .isThrownBy(() -> SandboxRequest.network(json("{'network':'outbound'}"), Network.NONE))
                .withMessageContaining("gives sandboxes none");
        assertThatExceptionOfType(NotRunnableException.class)
                .isThrownBy(() -> SandboxRequest.network(json("{'network':'host'}"), Network.OUTBOUND));
    }

    private static JsonNode json(String text) {
        return Json.MAPPER.readTree(text.replace('\'', '"'));
    }
}
