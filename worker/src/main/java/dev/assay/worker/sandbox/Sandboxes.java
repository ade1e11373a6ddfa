// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.process.PreparedVersion;
import dev.assay.sdk.runtimes.process.ProcessRuntime;
import dev.assay.sdk.runtimes.process.VersionContext;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.door.DoorKeeper;
import dev.assay.worker.door.ModelAnswers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
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
    private final ProcessRuntime runtime;
    private final DoorKeeper door;
    private final ModelAnswers answers;
    private final SandboxLimits defaults;
    private final SandboxRequest.Most most;

    Sandboxes(Environments environments, ProcessRuntime runtime, DoorKeeper door, ModelAnswers answers, WorkerSettings settings) {
        this.environments = environments;
        this.runtime = runtime;
        this.door = door;
        this.answers = answers;
        this.most = new SandboxRequest.Most(
                settings.maxMemory().toBytes(), settings.maxDisk().toBytes(), settings.maxCpus());
        this.defaults = SandboxLimits.DEFAULTS
                .withMemoryBytes(settings.memory().toBytes())
                .withProcesses(settings.processes())
                .withDiskBytes(settings.disk().toBytes())
                .withStartup(settings.startupTimeout());
    }

    /**
     * Launches a sandbox of a version, which is made ready if it is not.
     *
     * @param runtimeConfig the row's own
     * @param longest after which nobody needs it any more
     * @param key with which the environment itself may ask models and send spans; empty for none
     */
    public Sandbox launch(EnvironmentVersion version, @Nullable JsonNode runtimeConfig, SandboxLabel label, Duration longest, String key)
            throws SandboxException, NotRunnableException, InterruptedException {
        var config = SandboxRequest.effective(version.runtimeConfig(), runtimeConfig);
        var refusal = SandboxRequest.refusal(config, most);
        if (refusal.isPresent()) {
            throw new NotRunnableException(refusal.get());
        }
        SandboxRequest.shortfall(config, most, runtime.limitsCpus())
                .ifPresent(shortfall -> LOG.info("run {} attempt {}: {}", label.run(), label.attempt(), shortfall));
        var prepared = prepare(version.versionId(), version.declaredName(), version.contextSha256(), Map.of(), line -> {});
        var limits = SandboxRequest.limits(config, defaults.withLifetime(longest), most);
        var network = SandboxRequest.network(config, door.network());
        var variables = variables(version.environmentVariables(), key);
        return runtime.launch(new SandboxSpec(label, prepared, version.declaredName(), variables, network, limits));
    }

    /** Makes a version ready for the first time. */
    public PreparedVersion prepare(
            VersionId version, String declaredName, String contextSha256, Map<String, String> buildArgs, Consumer<String> log)
            throws SandboxException, InterruptedException {
        return runtime.prepare(
                new VersionContext(
                        version.toString(), declaredName, buildArgs, door.network(), () -> environments.context(version, contextSha256)),
                log);
    }

    /** Launches a version that was just made ready, to see whether it starts. */
    public Sandbox tryOut(PreparedVersion version, String declaredName, Map<String, String> environmentVariables, String build)
            throws SandboxException, InterruptedException {
        var limits = defaults.withLifetime(defaults.startup().plus(Duration.ofMinutes(2)));
        var label = new SandboxLabel("build-" + build, 0);
        return runtime.launch(new SandboxSpec(label, version, declaredName, environmentVariables, door.network(), limits));
    }

    /** The gateway's variables are one set: of a deployer's own ones, none must be mixed in. */
    private Map<String, String> variables(Map<String, String> deployers, String key) {
        Map<String, String> variables = new LinkedHashMap<>(deployers);
        if (!key.isEmpty()) {
            variables.putAll(door.variables(key));
        }
        return variables;
    }

    /** Where what runs inside finds the gateway's models. */
    public String inference() {
        return door.inference();
    }

    /** Whether a model answers what is asked inside with a run's key; without walls there is no door, and nobody sees that. */
    public ModelAnswers.Watch answersTo(String key) {
        return answers.watch(key);
    }

    public Duration startupTimeout() {
        return defaults.startup();
    }
}
