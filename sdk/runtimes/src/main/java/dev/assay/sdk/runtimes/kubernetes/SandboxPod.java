// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a sandbox is made of in the cluster: a pod, a secret with its variables, and the policy that holds for all of them. */
final class SandboxPod {

    static final String ENVIRONMENT = "environment";
    static final String RELAY_NAME = "relay";

    /** Where images serve. */
    static final int CONTROL_PORT = 8765;

    static final int DOOR_PORT = 7388;
    static final URI DOOR = URI.create("http://127.0.0.1:" + DOOR_PORT);

    /** Where the relay takes connections of the worker's that wait for somebody to come to the door. */
    static final int WAITING_PORT = 7389;

    /** Where the relay says that the environment listens. */
    static final int SERVING_PORT = 7390;

    static final String POLICY = "assay-sandboxes";
    static final String RELAY = script("relay.py");
    static final String WALL = script("wall.py");

    /** With what the relay ends when a pod gets out. */
    static final int LETS_OUT = 3;

    /** How long the policy may take to hold. */
    private static final int PATIENCE_SECONDS = 30;

    /** How long nothing may answer before it counts as closed: an API server that restarts refuses, too. */
    private static final int CLOSED_SECONDS = 5;

    private static final int DOOR_SECONDS = 2 * (PATIENCE_SECONDS + CLOSED_SECONDS);
    private static final long NOBODY = 65534;
    private static final String MILLIS = "m";

    private SandboxPod() {}

    static String name(String sandbox) {
        return "assay-" + sandbox;
    }

    /** Nothing comes to a sandbox and nothing leaves it: worker and pod meet in forwarded ports, which are no part of the network. */
    static NetworkPolicy policy() {
        return new NetworkPolicyBuilder()
                .withNewMetadata().withName(POLICY).endMetadata()
                .withNewSpec()
                .withNewPodSelector()
                .addNewMatchExpression().withKey(PodLabels.SANDBOX).withOperator("Exists").endMatchExpression()
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .endSpec()
                .build();
    }

    /** The variables, among them the run's key, are not in the pod: whoever may look at pods, and events of them, need not see those. */
    static Secret secret(String sandbox, SandboxSpec spec, Map<String, String> labels) {
        return new SecretBuilder()
                .withNewMetadata().withName(name(sandbox)).withLabels(labels).endMetadata()
                .withImmutable(true)
                .withStringData(spec.variables(DOOR))
                .build();
    }

    static Pod pod(String sandbox, SandboxSpec spec, KubernetesSettings settings, Map<String, String> labels) {
        var image = (PodImage) spec.prepared();
        var limits = spec.limits();
        var longest = settings.pending().plus(limits.startup()).plus(limits.lifetime());
        var relay = relay(settings, RELAY_NAME, RELAY, DOOR_PORT, WAITING_PORT, SERVING_PORT, CONTROL_PORT, PATIENCE_SECONDS, CLOSED_SECONDS);
        relay.setRestartPolicy("Always"); // so it runs beside the environment, and is there before it
        var pod = new PodBuilder()
                .withNewMetadata().withName(name(sandbox)).withLabels(labels).endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withActiveDeadlineSeconds(longest.toSeconds())
                .withTerminationGracePeriodSeconds(1L)
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                // nobody would answer: so it is told at once
                .withDnsPolicy("None").withNewDnsConfig().withNameservers("127.0.0.1").endDnsConfig()
                .withNewSecurityContext().withNewSeccompProfile().withType("RuntimeDefault").endSeccompProfile().endSecurityContext()
                .withNodeSelector(settings.nodeSelector())
                .withImagePullSecrets(settings.pullSecrets().stream().map(LocalObjectReference::new).toList())
                .withInitContainers(relay, relay(settings, "wall", WALL, DOOR_PORT, DOOR_SECONDS))
                .addNewContainer()
                .withName(ENVIRONMENT)
                .withImage(image.name())
                .withImagePullPolicy("IfNotPresent")
                .addNewEnvFrom().withNewSecretRef().withName(name(sandbox)).endSecretRef().endEnvFrom()
                .withResources(resources(limits, settings))
                .withSecurityContext(walls().build())
                .endContainer()
                .endSpec()
                .build();
        if (!settings.runtimeClass().isEmpty()) {
            pod.getSpec().setRuntimeClassName(settings.runtimeClass());
        }
        return pod;
    }

    /** What is asked for is what is given: a sandbox that others' use could take something from would measure them. */
    private static ResourceRequirements resources(SandboxLimits limits, KubernetesSettings settings) {
        var given = new HashMap<String, Quantity>();
        given.put("memory", new Quantity(Long.toString(limits.memoryBytes())));
        given.put("ephemeral-storage", new Quantity(Long.toString(limits.diskBytes())));
        if (limits.cpus() > 0) {
            given.put("cpu", new Quantity((long) Math.ceil(limits.cpus() * 1000) + MILLIS));
        }
        if (limits.gpus() > 0) {
            given.put(settings.gpuResource(), new Quantity(Integer.toString(limits.gpus())));
        }
        return new ResourceRequirementsBuilder().withRequests(given).withLimits(given).build();
    }

    /** It runs as the user that its image names. */
    private static SecurityContextBuilder walls() {
        return new SecurityContextBuilder()
                .withPrivileged(false)
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities().withDrop("ALL").endCapabilities();
    }

    private static SecurityContext ownWalls() {
        return walls().withRunAsNonRoot(true).withRunAsUser(NOBODY).withRunAsGroup(NOBODY).withReadOnlyRootFilesystem(true).build();
    }

    private static Container relay(KubernetesSettings settings, String name, String script, int... arguments) {
        var container = new ContainerBuilder()
                .withName(name)
                .withImage(settings.relayImage())
                .withImagePullPolicy("IfNotPresent")
                .withCommand("python3", "-I", "-c", script)
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .withSecurityContext(ownWalls())
                .withNewResources()
                .withRequests(Map.of("cpu", new Quantity("10m"), "memory", new Quantity("64Mi")))
                .withLimits(Map.of("memory", new Quantity("128Mi")))
                .endResources()
                .build();
        for (int argument : arguments) {
            container.getCommand().add(Integer.toString(argument));
        }
        return container;
    }

    private static String script(String name) {
        try (var script = Objects.requireNonNull(SandboxPod.class.getResourceAsStream(name), name)) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
