// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.kubernetes.KubernetesSettings;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** See {@code worker.yml} for what each means. */
@ConfigurationProperties("assay.worker")
record KubernetesOptions(
        @DefaultValue("assay-sandboxes") String kubernetesNamespace,
        @DefaultValue("docker.io/") List<String> kubernetesImages,
        @DefaultValue("docker.io/library/python:3.13-slim") String kubernetesRelayImage,
        @DefaultValue List<String> kubernetesPullSecrets,
        @DefaultValue List<String> kubernetesNodeSelector,
        @DefaultValue("") String kubernetesRuntimeClass,
        @DefaultValue("nvidia.com/gpu") String kubernetesGpu,
        @DefaultValue("10m") Duration kubernetesPending) {

    private static final int ANSWER_MILLIS = 15_000;
    private static final int CONNECT_MILLIS = 5_000;
    private static final int RETRIES = 2;

    KubernetesOptions {
        for (var label : kubernetesNodeSelector) {
            if (label.indexOf('=') < 1) {
                throw new IllegalArgumentException("assay.worker.kubernetes-node-selector: '" + label + "' is no label=value");
            }
        }
    }

    /** To the cluster that this worker runs in, or that its user's kubeconfig names. */
    KubernetesClient client() {
        var config = new ConfigBuilder()
                .withConnectionTimeout(CONNECT_MILLIS)
                .withRequestTimeout(ANSWER_MILLIS)
                .withRequestRetryBackoffLimit(RETRIES)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** @param registry as {@link DockerOptions} has it */
    KubernetesSettings settings(String registry, Path sockets, String installation, String owner, Predicate<String> lives) {
        Map<String, String> nodes = new LinkedHashMap<>();
        for (var label : kubernetesNodeSelector) {
            int equals = label.indexOf('=');
            nodes.put(label.substring(0, equals).strip(), label.substring(equals + 1).strip());
        }
        return new KubernetesSettings(
                kubernetesNamespace, kubernetesImages, registry, kubernetesRelayImage, kubernetesPullSecrets, nodes, kubernetesRuntimeClass,
                kubernetesGpu, kubernetesPending, sockets, installation, owner, lives);
    }
}
