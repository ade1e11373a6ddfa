// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import dev.assay.sdk.runtimes.process.FakePythonContext;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What a kubelet does, as far as a sandbox sees it: a pod's own commands run in one network namespace that nothing leads out of, and the
 * environment is the fake one of all runtimes' tests, whatever the image.
 */
final class StandInNode implements AutoCloseable {

    private static final String NAME = "stand-in";
    private static final String MISSING = "missing";

    private final KubernetesClient client;
    private final Path folder;
    private final Map<String, Process> pods = new ConcurrentHashMap<>();

    /** @param port at which an API server finds this node */
    StandInNode(KubernetesClient client, Path folder, int port) {
        this.client = client;
        this.folder = folder;
        var node = new NodeBuilder().withNewMetadata().withName(NAME).endMetadata().build();
        client.nodes().resource(node).unlock().createOr(NonDeletingOperation::update);
        client.nodes().withName(NAME).editStatus(there -> new NodeBuilder(there)
                .withNewStatus()
                .addNewAddress("127.0.0.1", "InternalIP")
                .withNewDaemonEndpoints().withNewKubeletEndpoint(port).endDaemonEndpoints()
                .endStatus()
                .build());
        client.pods().inNamespace(StandInCluster.NAMESPACE).inform(new ResourceEventHandler<>() {

            @Override
            public void onAdd(Pod pod) {
                Thread.startVirtualThread(() -> startUnlessDeleted(pod));
            }

            @Override
            public void onUpdate(Pod before, Pod pod) {
                if (pod.getMetadata().getDeletionTimestamp() != null) {
                    onDelete(pod, false);
                    Thread.startVirtualThread(() -> pods(pod.getMetadata().getName()).withGracePeriod(0).delete());
                }
            }

            @Override
            public void onDelete(Pod pod, boolean lastStateUnknown) {
                end(pod.getMetadata().getName());
            }
        });
    }

    private void end(String pod) {
        var process = pods.remove(pod);
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private PodResource pods(String name) {
        return client.pods().inNamespace(StandInCluster.NAMESPACE).withName(name);
    }

    /** How many pods it runs. */
    int running() {
        return pods.size();
    }

    /** Whoever deletes a pod while it starts takes its secret from under it. */
    private void startUnlessDeleted(Pod pod) {
        try {
            start(pod);
        } catch (RuntimeException e) {
            if (!isDeleted(pod.getMetadata().getName())) {
                throw e;
            }
        }
    }

    private boolean isDeleted(String name) {
        var pod = pods(name).get();
        return pod == null || pod.getMetadata().getDeletionTimestamp() != null;
    }

    private void start(Pod pod) {
        var name = pod.getMetadata().getName();
        var image = pod.getSpec().getContainers().getFirst().getImage();
        bind(name);
        if (image.contains(MISSING)) {
            says(name, status("Pending", new ContainerStateBuilder()
                    .withNewWaiting().withReason("ImagePullBackOff").withMessage("Back-off pulling image \"" + image + "\": ErrImagePull: not found").endWaiting().build()));
            return;
        }
        try {
            var own = Files.createDirectory(folder.resolve(name));
            Files.writeString(own.resolve("serve.py"), FakePythonContext.SERVER);
            Files.createFile(own.resolve("log"));
            var process = new ProcessBuilder(command(own, script(pod))).redirectError(own.resolve("trouble").toFile()).start();
            pods.put(name, process);
            if (isDeleted(name)) {
                end(name);
            }
            Thread.ofPlatform().daemon().start(() -> attend(name, process));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a scheduler does. */
    private void bind(String pod) {
        var binding = new BindingBuilder()
                .withNewMetadata().withName(pod).endMetadata()
                .withNewTarget().withKind("Node").withName(NAME).endTarget()
                .build();
        client.bindings().inNamespace(StandInCluster.NAMESPACE).resource(binding).create();
    }

    private void attend(String name, Process process) {
        try (var lines = process.inputReader()) {
            if ("started".equals(lines.readLine())) {
                says(name, status("Running", new ContainerStateBuilder().withNewRunning().endRunning().build()));
            }
            int code = process.waitFor();
            says(name, status("Failed", new ContainerStateBuilder().withNewTerminated().withReason("Error").withExitCode(code).endTerminated().build()));
        } catch (IOException | InterruptedException e) {
            // it was ended
        }
    }

    private void says(String pod, PodStatus status) {
        try {
            pods(pod).editStatus(before -> {
                before.setStatus(status);
                return before;
            });
        } catch (KubernetesClientException e) {
            // it was deleted meanwhile
        }
    }

    private static PodStatus status(String phase, ContainerState environment) {
        return new PodStatusBuilder()
                .withPhase(phase)
                .addNewContainerStatus().withName(SandboxPod.ENVIRONMENT).withState(environment).endContainerStatus()
                .build();
    }

    private String script(Pod pod) {
        var spec = pod.getSpec();
        var serve = new ArrayList<>(List.of("env", "-i", "PATH=/usr/bin:/bin"));
        variables(spec.getContainers().getFirst()).forEach((name, value) -> serve.add(name + "=" + value));
        serve.addAll(List.of("python3", "/tmp/pod/serve.py", "--port", Integer.toString(SandboxPod.CONTROL_PORT)));
        var relay = new ArrayList<>(spec.getInitContainers().get(0).getCommand());
        relay.set(relay.size() - 1, "0"); // there is no network here that could be coming up
        return """
                for port in %d %d %d; do socat UNIX-LISTEN:/tmp/pod/$port,fork TCP4:127.0.0.1:$port & done
                KUBERNETES_SERVICE_HOST=192.0.2.1 KUBERNETES_SERVICE_PORT=443 %s &
                %s || exit
                echo started
                %s >>/tmp/pod/log 2>&1
                """.formatted(
                SandboxPod.CONTROL_PORT, SandboxPod.WAITING_PORT, SandboxPod.SERVING_PORT, quoted(relay),
                quoted(spec.getInitContainers().get(1).getCommand()), quoted(serve));
    }

    private Map<String, String> variables(Container container) {
        var name = container.getEnvFrom().getFirst().getSecretRef().getName();
        var secret = client.secrets().inNamespace(StandInCluster.NAMESPACE).withName(name).get();
        var variables = new TreeMap<>(secret.getStringData());
        secret.getData().forEach((variable, value) -> variables.put(variable, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        return variables;
    }

    private static String quoted(List<String> command) {
        return command.stream().map(word -> "'" + word.replace("'", "'\\''") + "'").collect(Collectors.joining(" "));
    }

    private static List<String> command(Path own, String script) {
        return List.of(
                "bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
                "--bind", own.toString(), "/tmp/pod", "--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "sh", "-c", script);
    }

    @Override
    public void close() {
        pods.values().forEach(Process::destroyForcibly);
        client.close();
    }
}
