// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.BuiltImage;
import dev.assay.contracts.internal.BuiltServices;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.protocol.RuntimeConfigShape;
import dev.assay.sdk.protocol.SandboxBounds;
import dev.assay.sdk.protocol.compose.ComposeProject;
import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.shared.SharedSandboxes;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.door.DoorKeeper;
import dev.assay.worker.door.ModelAnswers;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Sandboxes of environments, wherever this worker runs them. */
@Component
public class Sandboxes {

    private static final Logger LOG = LoggerFactory.getLogger(Sandboxes.class);

    private final Environments environments;
    private final RuntimeChooser runtimes;
    private final DoorKeeper door;
    private final ModelAnswers answers;
    private final SharedSandboxes shared;
    private final SandboxLimits defaults;
    private final SandboxBounds bounds;
    private final double maxCpus;
    private final boolean spares;

    Sandboxes(Environments environments, RuntimeChooser runtimes, DoorKeeper door, ModelAnswers answers, WorkerSettings settings, Clock clock) {
        this.environments = environments;
        this.runtimes = runtimes;
        this.door = door;
        this.answers = answers;
        this.shared = new SharedSandboxes(clock);
        this.spares = settings.spares();
        this.bounds = new SandboxBounds(
                settings.maxMemory().toMegabytes(), settings.maxDisk().toMegabytes(), door.network() != Network.NONE);
        this.maxCpus = settings.maxCpus();
        this.defaults = SandboxLimits.DEFAULTS
                .withMemoryBytes(settings.memory().toBytes())
                .withProcesses(settings.processes())
                .withDiskBytes(settings.disk().toBytes())
                .withStartup(settings.startupTimeout());
    }

    /** Whose runs may be in a sandbox together, where their config asks for that: those of one job. */
    public record Company(TeamId team, JobId job) {}

    /** Those who may meet: the same is run for them, with the same, and they are of one job. */
    private record Meeting(
            Company company, VersionId version, String runtime, RuntimeConfig config, Map<String, String> variables, Network network) {}

    /**
     * Launches a sandbox of a version, which is made ready if it is not.
     *
     * @param company null: it is alone in its sandbox whatever its config asks for
     * @param runtimeConfig the row's own
     * @param longest after which nobody needs it any more
     * @param key with which the environment itself may ask models and send spans; empty for none
     * @param credentials of its team with providers
     */
    public Sandbox launch(
            EnvironmentVersion version, @Nullable JsonNode runtimeConfig, SandboxLabel label, @Nullable Company company, Duration longest,
            String key, TeamsCredentials credentials)
            throws SandboxException, NotRunnableException, InterruptedException {
        var ready = ready(
                version.versionId(), version.declaredName(), version.contextSha256(), Map.of(), version.image(), version.services(),
                RuntimeConfig.merged(version.runtimeConfig(), runtimeConfig), line -> {});
        var config = ready.config();
        SandboxRequest.shortfall(config, mostCpus(ready.runtime())).or(() -> ready.runtime().shortfall(config))
                .ifPresent(shortfall -> LOG.info("run {} attempt {}: {}", label.run(), label.attempt(), shortfall));
        var runtime = ready.runtime();
        var credential = runtime.takesCredential() ? credentials.of(runtime.name()) : null;
        var width = config.shared();
        if (width != null && company != null) {
            return enter(version, ready, width, company, label, longest, credential);
        }
        var way = runtime.door(SandboxRequest.network(config, door.network()));
        var reached = !runtime.takesCredential() || way.isPresent(); // elsewhere this worker's gateway is nowhere: a key would only be lost there
        var variables = variables(version.environmentVariables(), way, reached ? key : "");
        // where sandboxes are forks, what nobody tried is loaded afresh; elsewhere what is the same for all can be started ahead
        boolean common = !key.isEmpty()
                && (runtime.forks(ready.prepared()) ? version.manifest().at("/starts/forked").asBoolean(false) : spares);
        return runtime.launch(
                spec(ready, version.declaredName(), variables, label, longest, common ? DoorKeeper.OF_ONE_RUN : Set.of(), credential));
    }

    /**
     * No key of a run is in there: the others of its job would find it. The sandbox's label is the job's, which no attempt of a run is
     * before.
     */
    private Sandbox enter(
            EnvironmentVersion version, ReadyVersion ready, int width, Company company, SandboxLabel who, Duration longest,
            @Nullable Credential credential)
            throws SandboxException, InterruptedException {
        var jobs = new SandboxLabel("job-" + company.job(), 0);
        var spec = spec(ready, version.declaredName(), version.environmentVariables(), jobs, longest, Set.of(), credential);
        var needed = spec.limits().lifetime();
        var lasting = spec.withLimits(spec.limits().withLifetime(SharedSandboxes.lifetime(needed)));
        var meeting = new Meeting(
                company, version.versionId(), ready.runtime().name(), ready.config(), version.environmentVariables(), spec.network());
        return shared.enter(meeting, width, who.run(), needed, () -> ready.runtime().launch(lasting));
    }

    /** Where a team's credentials with providers of sandboxes come from. */
    @FunctionalInterface
    public interface TeamsCredentials {

        /** For what is of no run: nobody says that this worker may have one. */
        TeamsCredentials NONE = runtime -> {
            throw new NotRunnableException("runtime_config asks for runtime " + runtime + ": only runs that were submitted get the team's credential for it");
        };

        /**
         * @throws NotRunnableException if the team has none
         * @throws SandboxException if it cannot be had just now
         */
        Credential of(String runtime) throws NotRunnableException, SandboxException;
    }

    /**
     * Makes a version ready for the first time, wherever it is to run on this platform's own account.
     *
     * @param image that was built of the context; null: it runs from that
     * @param services that were built of its Compose project; null: none were
     * @param runtimeConfig what it runs with unless a row says otherwise
     * @throws NotRunnableException if this worker cannot give what that asks for; nothing was begun then
     */
    public ReadyVersion prepare(
            VersionId version, String declaredName, String contextSha256, Map<String, String> buildArgs, @Nullable BuiltImage image,
            @Nullable BuiltServices services, @Nullable JsonNode runtimeConfig, Consumer<String> log)
            throws SandboxException, NotRunnableException, InterruptedException {
        var ready = ready(version, declaredName, contextSha256, buildArgs, image, services, runtimeConfig, log);
        if (ready.runtime().takesCredential()) {
            TeamsCredentials.NONE.of(ready.runtime().name());
        }
        return ready;
    }

    private ReadyVersion ready(
            VersionId version, String declaredName, String contextSha256, Map<String, String> buildArgs, @Nullable BuiltImage image,
            @Nullable BuiltServices services, @Nullable JsonNode runtimeConfig, Consumer<String> log)
            throws SandboxException, NotRunnableException, InterruptedException {
        var config = read(runtimeConfig);
        var runtime = runtimes.choose(config, image);
        var refusal = (runtime.takesCredential() ? bounds.ofAnySize() : bounds).refusal(config);
        if (refusal.isPresent()) {
            throw new NotRunnableException("runtime_config." + refusal.get());
        }
        if (SandboxRequest.network(config, door.network()) == Network.LISTED && !runtime.hasOnlyTheDoor()) {
            throw new NotRunnableException("runtime_config.network: a list of hosts is kept to where this worker's door is the only way out, which it is"
                    + " not of its sandboxes of runtime " + runtime.name());
        }
        var source = source(version, declaredName, contextSha256, buildArgs, image, services, config);
        return new ReadyVersion(runtime, runtime.prepare(source, log), config);
    }

    /** Launches a version that was just made ready, to see whether it starts. */
    public Sandbox tryOut(ReadyVersion version, String declaredName, Map<String, String> environmentVariables, String build)
            throws SandboxException, InterruptedException {
        var label = new SandboxLabel("build-" + build, 0);
        return version.runtime().launch(spec(version, declaredName, environmentVariables, label, tryOutTime(), Set.of(), null));
    }

    private Duration tryOutTime() {
        return defaults.startup().plus(Duration.ofMinutes(2));
    }

    /** Whether runs of it may have what they load in common. */
    public boolean forks(ReadyVersion version) {
        return version.runtime().forks(version.prepared());
    }

    /**
     * A sandbox that was launched as runs are.
     *
     * @param afreshBecause what of itself forbids that it is a fork, if that is known; it may be none without
     */
    public record Tried(Sandbox sandbox, Optional<String> afreshBecause) {}

    /** Launches a version as runs of it are, to see whether it is the same as a fork. */
    public Tried tryOutForked(ReadyVersion version, String declaredName, Map<String, String> environmentVariables, String build)
            throws SandboxException, InterruptedException {
        var label = new SandboxLabel("build-" + build, 1);
        var spec = spec(version, declaredName, environmentVariables, label, tryOutTime(), DoorKeeper.OF_ONE_RUN, null);
        var sandbox = version.runtime().launch(spec);
        return new Tried(sandbox, version.runtime().loadedAfreshBecause(spec));
    }

    private SandboxSpec spec(
            ReadyVersion ready, String declaredName, Map<String, String> environmentVariables, SandboxLabel label, Duration longest,
            Set<String> ofThisRun, @Nullable Credential credential) {
        var limits = SandboxRequest.limits(ready.config(), defaults.withLifetime(longest), mostCpus(ready.runtime()));
        var network = SandboxRequest.network(ready.config(), door.network());
        var variables = new LinkedHashMap<>(environmentVariables);
        if (network == Network.LISTED) {
            ready.runtime().door(network).ifPresent(way -> variables.putAll(door.proxy(way, ready.config().networkHosts())));
        }
        return new SandboxSpec(label, ready.prepared(), declaredName, variables, network, limits, ofThisRun, credential);
    }

    /** What runs in a team's account is bounded there. */
    private double mostCpus(Runtime runtime) {
        return runtime.takesCredential() ? Double.MAX_VALUE : maxCpus;
    }

    private static RuntimeConfig read(@Nullable JsonNode config) throws NotRunnableException {
        try {
            return RuntimeConfig.read(config);
        } catch (IllegalArgumentException e) {
            throw new NotRunnableException(String.valueOf(e.getMessage()));
        }
    }

    private Source source(
            VersionId version, String declaredName, String contextSha256, Map<String, String> buildArgs, @Nullable BuiltImage image,
            @Nullable BuiltServices services, RuntimeConfig config) {
        if (config.image() != null) {
            return new Source.Image(config.image());
        }
        if (config.compose() != null) {
            return new Source.Compose(
                    ComposeProject.read(config.compose()), services == null ? Map.of() : services.images(), services == null ? null : services.engine());
        }
        if (config.remote() != null) {
            return new Source.Remote(RuntimeConfigShape.remoteAddress(config.remote()).orElseThrow());
        }
        if (image != null && !config.asksForProcess()) {
            return new Source.Built(image.reference(), image.engine());
        }
        return new Source.Context(
                version.toString(), declaredName, buildArgs, door.network(), () -> environments.context(version, contextSha256));
    }

    /** The gateway's variables are one set: of a deployer's own ones, none must be mixed in. */
    private Map<String, String> variables(Map<String, String> deployers, Optional<URI> way, String key) {
        Map<String, String> variables = new LinkedHashMap<>(deployers);
        if (!key.isEmpty()) {
            variables.putAll(door.variables(way, key));
        }
        return variables;
    }

    /** Where what runs inside finds the gateway's models; null: where this worker does. */
    public String inference(@Nullable Sandbox sandbox) {
        return door.inference(sandbox == null ? Optional.empty() : sandbox.door());
    }

    /** Whether a model answers what is asked inside with a run's key; without walls there is no door, and nobody sees that. */
    public ModelAnswers.Watch answersTo(String key) {
        return answers.watch(key);
    }

    /** Of what says nothing else. */
    public Duration startupTimeout() {
        return defaults.startup();
    }

    /**
     * How long a sandbox may take until it serves, and then until it answers.
     *
     * @param runtimeConfig the row's own
     */
    public Duration startupTimeout(EnvironmentVersion version, @Nullable JsonNode runtimeConfig) throws NotRunnableException {
        return SandboxRequest.startup(read(RuntimeConfig.merged(version.runtimeConfig(), runtimeConfig)), defaults.startup());
    }
}
