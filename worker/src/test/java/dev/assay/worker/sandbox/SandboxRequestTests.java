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
        assertThat(SandboxRequest.refusal(null)).isEmpty();
        assertThat(SandboxRequest.refusal(json("{'image':null,'resources':{'cpu':2,'memory_mb':100}}"))).isEmpty();
        assertThat(SandboxRequest.refusal(json("{'image':'x','resources':{'tpu':{}}}")).orElseThrow())
                .startsWith("runtime_config asks for image, resources.tpu");
    }

    @Test
    void limitsAreTakenFromIt() {
        var limits = SandboxRequest.limits(
                json("{'resources':{'memory_mb':64},'limits':{'startup_timeout_s':3,'run_timeout_s':9}}"), SandboxLimits.DEFAULTS);
        assertThat(limits.memoryBytes()).isEqualTo(64L << 20);
        assertThat(limits.startup()).isEqualTo(Duration.ofSeconds(3));
        assertThat(limits.lifetime()).isEqualTo(Duration.ofSeconds(9));
        assertThat(SandboxRequest.limits(json("{'limits':null}"), SandboxLimits.DEFAULTS)).isEqualTo(SandboxLimits.DEFAULTS);
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
