// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a cluster is told of a sandbox. */
class SandboxPodTests {

    private static final SandboxLimits LIMITS = SandboxLimits.DEFAULTS.withCpus(1.5).withGpus(2);

    @Test
    void aPodHasNoRightsAndNoWayOut() {
        var spec = pod().getSpec();
        assertThat(spec.getAutomountServiceAccountToken()).isFalse();
        assertThat(spec.getEnableServiceLinks()).isFalse();
        assertThat(spec.getHostNetwork()).isNull();
        assertThat(spec.getVolumes()).isEmpty();
        assertThat(spec.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(spec.getDnsConfig().getNameservers()).containsExactly("127.0.0.1");
        assertThat(spec.getInitContainers()).extracting(one -> one.getName() + " " + one.getRestartPolicy()).containsExactly("relay Always", "wall null");
        for (var container : List.of(spec.getContainers().getFirst(), spec.getInitContainers().get(0), spec.getInitContainers().get(1))) {
            var walls = container.getSecurityContext();
            assertThat(walls.getPrivileged()).isFalse();
            assertThat(walls.getAllowPrivilegeEscalation()).isFalse();
            assertThat(walls.getCapabilities().getDrop()).containsExactly("ALL");
            assertThat(walls.getCapabilities().getAdd()).isEmpty();
        }
        var policy = SandboxPod.policy().getSpec();
        assertThat(policy.getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(policy.getIngress()).isEmpty();
        assertThat(policy.getEgress()).isEmpty();
        assertThat(policy.getPodSelector().getMatchExpressions().getFirst().getKey()).isIn(pod().getMetadata().getLabels().keySet());
    }

    @Test
    void itsLimitsAndItsPlaceAreTheOperatorsAndTheRuns() {
        var pod = pod();
        var resources = pod.getSpec().getContainers().getFirst().getResources();
        assertThat(resources.getLimits()).isEqualTo(resources.getRequests());
        assertThat(resources.getLimits().get("cpu")).hasToString("1500m");
        assertThat(resources.getLimits().get("memory")).hasToString("2147483648");
        assertThat(resources.getLimits().get("ephemeral-storage")).hasToString("10737418240");
        assertThat(resources.getLimits().get("nvidia.com/gpu")).hasToString("2");
        assertThat(pod.getSpec().getNodeSelector()).containsExactly(Map.entry("pool", "sandboxes"));
        assertThat(pod.getSpec().getRuntimeClassName()).isEqualTo("gvisor");
        assertThat(pod.getSpec().getImagePullSecrets()).extracting(LocalObjectReference::getName).containsExactly("registry");
        assertThat(pod.getSpec().getActiveDeadlineSeconds()).isEqualTo(600 + 120 + 7200);
    }

    @Test
    void aLabelTakesWhatTheClusterTakesAndIsReadAsItWasWritten() {
        var labels = PodLabels.of("here", "one", "k1", new SandboxLabel("run of: a test" + "x".repeat(80) + "-", 2), Instant.ofEpochSecond(1_800_000_000));
        assertThat(labels.written().values()).allMatch(value -> value.matches("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"));
        var read = PodLabels.read(labels.written());
        assertThat(read.deadline()).isEqualTo(labels.deadline());
        assertThat(read.sandbox()).isEqualTo("k1");
        assertThat(PodLabels.read(Map.of()).isLeft(Instant.now(), settings(), sandbox -> false)).as("none of ours").isFalse();
    }

    @Test
    void whatIsWrittenIsWhatTheApiKnows() {
        var text = Serialization.asYaml(pod());
        assertThat(Serialization.unmarshal(text, Pod.class).getAdditionalProperties()).isEmpty();
        assertThat(text).doesNotContain("geheim");
        assertThat(SandboxPod.secret("k1", spec(), Map.of()).getStringData()).containsEntry("KEY", "geheim").containsKey("HTTPS_PROXY");
    }

    private static Pod pod() {
        var labels = PodLabels.of("here", "one", "k1", new SandboxLabel("run", 1), Instant.ofEpochSecond(1_800_000_000)).written();
        return SandboxPod.pod("k1", spec(), settings(), labels);
    }

    private static SandboxSpec spec() {
        return new SandboxSpec(
                new SandboxLabel("run", 1), new PodImage("docker.io/acme/letters:1"), "letters", Map.of("KEY", "geheim"), Network.OUTBOUND, LIMITS);
    }

    private static KubernetesSettings settings() {
        return new KubernetesSettings(
                "sandboxes", List.of("docker.io/"), "", "docker.io/library/python:3.13-slim", List.of("registry"), Map.of("pool", "sandboxes"), "gvisor",
                "nvidia.com/gpu", Duration.ofMinutes(10), Path.of("/tmp"), "here", "one", owner -> true);
    }
}
