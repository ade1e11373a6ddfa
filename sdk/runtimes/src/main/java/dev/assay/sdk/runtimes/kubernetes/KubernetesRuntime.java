// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.EndTogether;
import dev.assay.sdk.runtimes.ImageName;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.spare.Placeholders;
import dev.assay.sdk.runtimes.spare.Spare;
import dev.assay.sdk.runtimes.spare.SpareKeeping;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Runs images as pods of a cluster, one for each sandbox, without a network, a capability, a way to new privileges or the cluster's
 * credentials. Neither a closed runtime nor a killed one leaves anything running for good.
 */
public final class KubernetesRuntime implements Runtime, AutoCloseable {

    public static final String NAME = "kubernetes";

    /** A spare does not stand in line for a node. */
    private static final Duration SPARES_PENDING = Duration.ofMinutes(1);

    private static final Duration TIGHT = Duration.ofMinutes(1);
    private static final int FORBIDDEN = 403;

    private final Cluster cluster;
    private final KubernetesSettings settings;
    private final Clock clock;
    private final Map<String, KubernetesSandbox> open = new ConcurrentHashMap<>();
    private final SpareKeeping spares;

    /** Until when the cluster is taken to have no room beside what runs ask for. */
    private volatile Instant tightUntil = Instant.MIN;
    private final ScheduledThreadPoolExecutor timers =
            new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("pod-timers").factory());

    /**
     * Nothing is asked of the cluster yet.
     *
     * @param client closed with this
     * @param placeholders of whoever keeps the sandboxes' door
     */
    public KubernetesRuntime(KubernetesClient client, KubernetesSettings settings, Placeholders placeholders, Clock clock) {
        this(client, settings, placeholders, SpareKeeping.ANSWER, clock);
    }

    KubernetesRuntime(KubernetesClient client, KubernetesSettings settings, Placeholders placeholders, Duration answer, Clock clock) {
        this.cluster = new Cluster(client, settings, id -> Optional.ofNullable(open.get(id)));
        this.settings = settings;
        this.clock = clock;
        this.spares = new SpareKeeping(this::start, placeholders, this::room, answer, clock);
        timers.setRemoveOnCancelPolicy(true);
        var every = SpareKeeping.LOOK_EVERY.toMillis();
        timers.scheduleWithFixedDelay(spares::look, every, every, TimeUnit.MILLISECONDS);
    }

    @Override
    public String name() {
        return NAME;
    }

    /** What is for {@code docker} is an image, wherever it runs. */
    @Override
    public List<String> kinds() {
        return List.of(NAME, "docker");
    }

    /** Why no pod runs here, in a sentence for people; empty if they do. */
    public Optional<String> unfitBecause() {
        return cluster.refusal();
    }

    @Override
    public boolean isAway() {
        return cluster.isAway();
    }

    /** Whether the cluster has a place for it only the cluster knows, when it looks for one. */
    @Override
    public Optional<String> refusal(RuntimeConfig config) {
        List<String> asked = new ArrayList<>(config.specialResources());
        if (!settings.gpuResource().isEmpty()) {
            asked.remove("resources.gpu");
        }
        if (!asked.isEmpty()) {
            return Optional.of("runtime_config asks for " + String.join(", ", asked) + ": this worker's pods have no such thing");
        }
        if (!config.gpuTypes().isEmpty()) {
            return Optional.of("runtime_config asks for resources.gpu.type: this worker's pods get any, where its operator sends them");
        }
        return config.image() == null ? Optional.empty() : refusal(config.image()); // one that was built here is nobody's choice
    }

    private Optional<String> refusal(String image) {
        return ImageName.refusal(image, settings.images(), settings.registry().isEmpty() ? List.of() : List.of(settings.registry() + "/"));
    }

    @Override
    public PodImage prepare(Source source, Consumer<String> log) throws SandboxException {
        if (source instanceof Source.Built(var reference, var engine) && engine == null) {
            return new PodImage(reference); // pushed where every node can fetch it
        }
        if (!(source instanceof Source.Image image)) {
            throw new IllegalArgumentException("no image: " + source);
        }
        var refused = refusal(image.reference());
        if (refused.isPresent()) {
            throw new SandboxException(refused.get());
        }
        return new PodImage(ImageName.of(image.reference()).orElseThrow().text());
    }

    /** Takes a pod that was started ahead, if one fits that nobody had before, or else starts one. */
    @Override
    public Sandbox launch(SandboxSpec spec) throws SandboxException, InterruptedException {
        return spares.launch(spec);
    }

    /** Pods that are started ahead. */
    public SpareKeeping spares() {
        return spares;
    }

    @Override
    public void keepSpares(boolean any) {
        spares.keepAny(any);
    }

    /** How much memory nodes have nobody says, but that they have no place for a run is heard. */
    private long room() {
        var lacking = open.values().stream().anyMatch(sandbox -> !sandbox.isSpare() && sandbox.lacksNode());
        return lacking || tightUntil.isAfter(clock.instant()) ? -1 : Long.MAX_VALUE;
    }

    private Spare start(SandboxSpec spec) throws SandboxException, InterruptedException {
        boolean isSpare = spec.label().equals(SpareKeeping.LABEL);
        var id = "k" + UUID.randomUUID().toString().replace("-", "").substring(0, 15);
        var sandbox = sandbox(id, spec);
        open.put(id, sandbox);
        try {
            cluster.create(id, spec, labels(id, spec));
            sandbox.awaitServing(isSpare ? SPARES_PENDING : settings.pending(), spec.limits().startup());
            endIn(sandbox, spec.limits().lifetime());
            return new SparePod(sandbox, cluster, this::endIn);
        } catch (KubernetesClientException e) {
            sandbox.close();
            if (e.getCode() == FORBIDDEN && !isSpare) {
                tightUntil = clock.instant().plus(TIGHT); // so a cluster says that a quota is used up
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw cluster.failed("the pod of image '" + ((PodImage) spec.prepared()).name() + "' cannot be made: ", e);
        } catch (SandboxException | InterruptedException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    private Map<String, String> labels(String id, SandboxSpec spec) {
        var limits = spec.limits();
        var longest = settings.pending().plus(limits.startup()).plus(limits.lifetime());
        return PodLabels.of(settings.installation(), settings.owner(), id, spec.label(), clock.instant().plus(longest)).written();
    }

    private KubernetesSandbox sandbox(String id, SandboxSpec spec) throws SandboxException {
        var control = settings.sockets().resolve(id);
        try {
            return new KubernetesSandbox(
                    id, spec.label().equals(SpareKeeping.LABEL), ((PodImage) spec.prepared()).name(), control, cluster.ways(id, control, doorOf(spec.network())), of(id));
        } catch (IOException e) {
            throw SandboxException.ofHost("the worker cannot listen at " + control + ": " + e.getMessage(), e);
        }
    }

    /** As the worker's door is called for this kind of network. */
    private Path doorOf(Network network) {
        return settings.sockets().resolve(network.socket());
    }

    private KubernetesSandbox.Cluster of(String id) {
        return new KubernetesSandbox.Cluster() {

            @Override
            public String log() {
                return cluster.log(id);
            }

            @Override
            public PodState state() {
                return cluster.state(id);
            }

            @Override
            public void remove() {
                KubernetesRuntime.this.remove(id);
            }
        };
    }

    private void endIn(KubernetesSandbox sandbox, Duration time) {
        sandbox.endsBy(timers.schedule(() -> Thread.startVirtualThread(() -> endInTime(sandbox)), time.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void endInTime(KubernetesSandbox sandbox) {
        sandbox.end("its time was over");
        remove(sandbox.id());
    }

    /** It counts as open until it is gone; then, if the cluster would not, as left. */
    private void remove(String id) {
        boolean interrupted = Thread.interrupted(); // what is asked of the cluster would break off
        try {
            if (open.containsKey(id)) {
                cluster.delete(id);
            }
        } catch (KubernetesClientException e) {
            // reaping tries again
        } finally {
            open.remove(id);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean hasOnlyTheDoor() {
        return true;
    }

    @Override
    public Optional<URI> door() {
        return Optional.of(SandboxPod.DOOR);
    }

    @Override
    public int reap(Instant now) {
        return cluster.reap(labels -> labels.isLeft(now, settings, open::containsKey));
    }

    @Override
    public int reapOver(UnaryOperator<Set<SandboxLabel>> over) {
        return cluster.reapOver(labels -> !open.containsKey(labels.sandbox()), over);
    }

    /** Ends every sandbox at once. */
    @Override
    public void close() {
        spares.close();
        timers.shutdownNow();
        EndTogether.all(List.copyOf(open.values()).stream().map(sandbox -> sandbox::close));
        cluster.close();
    }
}
