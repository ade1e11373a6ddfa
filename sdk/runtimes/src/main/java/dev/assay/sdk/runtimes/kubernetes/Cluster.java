// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Remains;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is asked of a cluster's API server. */
final class Cluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final int TAIL_LINES = 50;
    private static final int TAIL_BYTES = 64 * 1024;
    private static final int CONFLICT = 409;
    private static final int INVALID = 422;

    private final KubernetesClient client;
    private final KubernetesSettings settings;
    private final Function<String, Optional<KubernetesSandbox>> open;
    private @Nullable SharedIndexInformer<Pod> watching;
    private volatile boolean gone;
    private final AtomicBoolean asking = new AtomicBoolean();

    /** @param open this worker's sandboxes, by id */
    Cluster(KubernetesClient client, KubernetesSettings settings, Function<String, Optional<KubernetesSandbox>> open) {
        this.client = client;
        this.settings = settings;
        this.open = open;
    }

    /** Why it would not take pods of this worker, as far as can be seen without any; empty if it would. */
    Optional<String> refusal() {
        try {
            client.pods().inNamespace(settings.namespace()).withLabel(PodLabels.SANDBOX).list();
            gone = false;
            return Optional.empty();
        } catch (KubernetesClientException e) {
            return Optional.of(said(e));
        }
    }

    /** Whether it did not answer when it was asked last. It is asked again then, and not waited for: whoever wants to know asks for all runtimes. */
    boolean isAway() {
        if (gone && asking.compareAndSet(false, true)) {
            Thread.startVirtualThread(() -> {
                try {
                    refusal();
                } catch (IllegalStateException e) {
                    // this was closed meanwhile
                } finally {
                    asking.set(false);
                }
            });
        }
        return gone;
    }

    /** What a cluster says of what it was asked for; one that says nothing is away. */
    private String said(KubernetesClientException e) {
        gone = e.getCode() <= 0;
        return message(e);
    }

    private static String message(KubernetesClientException e) {
        if (e.getCode() <= 0) {
            return "the cluster's API server does not answer: " + root(e);
        }
        var status = e.getStatus();
        return status != null && status.getMessage() != null ? status.getMessage() : String.valueOf(e.getMessage());
    }

    private static String root(Throwable e) {
        var root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    /** A pod that is none is whoever's who asked for it; all else, as a quota that is used up, is the cluster's. */
    SandboxException failed(String beginning, KubernetesClientException e) {
        var message = beginning + said(e);
        return e.getCode() == INVALID ? new SandboxException(message, e) : SandboxException.ofHost(message, e);
    }

    /** The policy is there before the pod is, and its variables, too. */
    void create(String id, SandboxSpec spec, Map<String, String> labels) {
        watch();
        keepPolicy();
        client.secrets().inNamespace(settings.namespace()).resource(SandboxPod.secret(id, spec, labels)).create();
        client.pods().inNamespace(settings.namespace()).resource(SandboxPod.pod(id, spec, settings, labels)).create();
    }

    /** One policy for all sandboxes; somebody may have changed it, or taken it away. */
    private void keepPolicy() {
        var wanted = SandboxPod.policy();
        var policies = client.network().v1().networkPolicies().inNamespace(settings.namespace());
        var there = policies.withName(SandboxPod.POLICY).get();
        if (there == null) {
            try {
                policies.resource(wanted).create();
            } catch (KubernetesClientException e) {
                if (e.getCode() != CONFLICT) {
                    throw e; // else another worker was faster
                }
            }
        } else if (!wanted.getSpec().equals(there.getSpec())) {
            LOG.warn("the network policy {} was changed by somebody: it is put back", SandboxPod.POLICY);
            wanted.getMetadata().setResourceVersion(there.getMetadata().getResourceVersion());
            policies.resource(wanted).update();
        }
    }

    /** All pods of this worker are watched together, from the first one on; a watch that breaks off is begun again. */
    private synchronized void watch() {
        if (watching != null) {
            return;
        }
        watching = client.pods().inNamespace(settings.namespace())
                .withLabel(PodLabels.OWNER, PodLabels.value(settings.owner()))
                .runnableInformer(0)
                .addEventHandler(new ResourceEventHandler<>() {

                    @Override
                    public void onAdd(Pod pod) {
                        of(pod).ifPresent(sandbox -> sandbox.heard(pod));
                    }

                    @Override
                    public void onUpdate(Pod before, Pod pod) {
                        onAdd(pod);
                    }

                    @Override
                    public void onDelete(Pod pod, boolean lastStateUnknown) {
                        of(pod).ifPresent(sandbox -> sandbox.heard(null));
                    }
                })
                .exceptionHandler((isStarted, e) -> true);
        watching.start();
    }

    private Optional<KubernetesSandbox> of(Pod pod) {
        return open.apply(PodLabels.read(pod.getMetadata().getLabels()).sandbox());
    }

    private PodResource pod(String id) {
        return client.pods().inNamespace(settings.namespace()).withName(SandboxPod.name(id));
    }

    /** What the environment printed last; empty if nobody can say. */
    String log(String id) {
        try {
            return pod(id).inContainer(SandboxPod.ENVIRONMENT).limitBytes(TAIL_BYTES).tailingLines(TAIL_LINES).withReadyWaitTimeout(0).getLog();
        } catch (KubernetesClientException e) {
            return "";
        }
    }

    PodState state(String id) {
        try {
            return PodState.of(pod(id).get());
        } catch (KubernetesClientException e) {
            return new PodState(PodState.Phase.LOST, said(e));
        }
    }

    PodWays ways(String id, Path control, Path door) throws IOException {
        return new PodWays(client, settings.namespace(), SandboxPod.name(id), control, door);
    }

    /** Whose it is; its secret goes on saying whose it was. */
    void label(String id, SandboxLabel label) {
        var labels = Json.object();
        PodLabels.whose(label).forEach(labels::put);
        var change = Json.object();
        change.putObject("metadata").set("labels", labels);
        pod(id).patch(PatchContext.of(PatchType.JSON_MERGE), change.toString());
    }

    /** The pod first; what is not there is well. */
    void delete(String id) {
        pod(id).delete();
        client.secrets().inNamespace(settings.namespace()).withName(SandboxPod.name(id)).delete();
    }

    /** Deletes sandboxes that nobody needs any more, whoever made them; returns how many that were. */
    int reap(Predicate<PodLabels> isLeft) {
        return delete(found(isLeft));
    }

    /** The same of others' sandboxes whose work is over. */
    int reapOver(Predicate<PodLabels> isOthers, UnaryOperator<Set<SandboxLabel>> over) {
        var others = found(isOthers.and(labels -> labels.of().isPresent()));
        Remains.keepOver(others, PodLabels::of, over);
        return delete(others);
    }

    /** One of each sandbox; none while the cluster is away. */
    private Map<String, PodLabels> found(Predicate<PodLabels> wanted) {
        if (isAway()) {
            return Map.of();
        }
        var found = new TreeMap<String, PodLabels>();
        try {
            Stream.of(client.pods(), client.secrets())
                    .flatMap(kind -> kind.inNamespace(settings.namespace()).withLabel(PodLabels.SANDBOX).list().getItems().stream())
                    .map(HasMetadata::getMetadata)
                    .map(metadata -> PodLabels.read(metadata.getLabels()))
                    .filter(wanted)
                    .forEach(labels -> found.putIfAbsent(labels.sandbox(), labels)); // a pod's are newer than its secret's
            return found;
        } catch (KubernetesClientException e) {
            LOG.debug("no pods are looked for: {}", message(e));
            return Map.of();
        }
    }

    private int delete(Map<String, PodLabels> left) {
        int reaped = 0;
        for (var one : left.values()) {
            try {
                LOG.info("deleting the pod that is left of run {} attempt {}", one.run(), one.attempt());
                delete(one.sandbox());
                reaped++;
            } catch (KubernetesClientException e) {
                LOG.warn("the pod of sandbox {} cannot be deleted: {}", one.sandbox(), message(e));
            }
        }
        return reaped;
    }

    @Override
    public void close() {
        client.close();
    }
}
