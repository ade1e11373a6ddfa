// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.internal.BuiltImage;
import dev.assay.contracts.internal.BuiltServices;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.job.run.Needs;
import dev.assay.kit.problem.Problem;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.protocol.RuntimeConfigShape;
import dev.assay.sdk.protocol.compose.ComposeProject;
import dev.assay.sdk.protocol.compose.ComposeService;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Refuses what no worker could give, however it is set up, and says which runtime a worker must have, and how much of its machine. What
 * only some can for other reasons is for the worker to refuse that has the run.
 */
public final class Placement {

    /** Runtimes whose sandboxes have a place for the files of a session, which a verifier's sandbox is given. */
    private static final Set<String> HAND_OVER = Set.of("process", "docker", "compose");

    /** Runtimes whose sandboxes have no way out but the worker's door, which keeps to a list of hosts. */
    private static final Set<String> KEEP_TO_HOSTS = Set.of("process", "docker", "compose", "kubernetes");

    private static final String DOCKER = "docker";
    private static final String E2B = "e2b";
    private static final String DAYTONA = "daytona";
    private static final String MODAL = "modal";

    /** Before what is wrong with its own config, where that is all there is. */
    private static final String OF_ENVIRONMENT = "environment: its ";

    private Placement() {}

    /**
     * What a run says for itself.
     *
     * @param prefix before the field's name
     * @throws Problem 400 that names each fault
     */
    static void check(String prefix, @Nullable JsonNode config) {
        try {
            refuse(prefix, RuntimeConfig.read(config));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()).replaceAll("(?m)^", prefix));
        }
    }

    /**
     * The same with what its environment brings along. A default that cannot be read is for the worker to refuse: the run is not to blame.
     *
     * @param both as {@link #both} reads them
     * @param image that was built of the environment's context; null: none
     * @param services that were built of its Compose project; null: nobody can say
     * @return the runtime that the run needs
     * @throws Problem 400 that names what cannot be had
     */
    static String check(RuntimeConfig both, @Nullable BuiltImage image, @Nullable BuiltServices services) {
        refuse("", both);
        return runtime("", both, image, services);
    }

    /**
     * What a run asks for over its environment's default; where that cannot be read, what it asks for itself.
     *
     * @throws Problem 400 if it is the two together that cannot be read
     */
    static RuntimeConfig both(@Nullable JsonNode environments, @Nullable JsonNode runs) {
        try {
            return RuntimeConfig.read(RuntimeConfig.merged(environments, runs));
        } catch (IllegalArgumentException e) {
            if (isReadable(environments)) {
                throw Problem.badRequest(e.getMessage() + ", with what its environment brings along");
            }
            return RuntimeConfig.read(runs);
        }
    }

    private static boolean isReadable(@Nullable JsonNode config) {
        try {
            RuntimeConfig.read(config);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Where a session can be: on workers with that runtime, and with so much of their machine left. */
    public record Place(String runtime, Needs needs) {

        /** As long as nobody can say. */
        public static final Place UNKNOWN = new Place("process", Needs.NONE);
    }

    /**
     * The same of a session, which has nothing but what its environment brings along.
     *
     * @throws Problem 400 that names what cannot be had
     */
    public static Place ofSession(EnvironmentVersion version) {
        RuntimeConfig config;
        try {
            config = RuntimeConfig.read(version.runtimeConfig());
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()).replaceAll("(?m)^", OF_ENVIRONMENT));
        }
        refuse(OF_ENVIRONMENT, config);
        var runtime = runtime(OF_ENVIRONMENT, config, version.image(), Objects.requireNonNullElse(version.services(), BuiltServices.NONE));
        if (RuntimeConfigShape.OF_TEAMS_ACCOUNTS.contains(runtime)) {
            throw Problem.badRequest("environment", "it runs by '" + runtime + "' in its team's account, which only submitted runs have");
        }
        return new Place(runtime, Needs.of(config));
    }

    /**
     * What cannot be in a sandbox in which other runs are.
     *
     * @param verifiedApart whether its verifier has a sandbox of its own
     * @throws Problem 400 that names it
     */
    static void checkShared(@Nullable JsonNode environments, @Nullable JsonNode runs, String agentType, boolean verifiedApart) {
        var config = RuntimeConfig.merged(environments, runs);
        if (config == null || !config.hasNonNull("shared")) {
            return;
        }
        if (config.hasNonNull("remote")) {
            throw Problem.badRequest("runtime_config.shared", "the environment runs where its default says ("
                    + config.path("remote").asString("") + "), which nothing is launched for that runs could share");
        }
        if (AgentSpec.worksInside(agentType)) {
            throw Problem.badRequest("runtime_config.shared", "agents of type '" + agentType
                    + "' work inside the sandbox with the key of their run, which the others in it would find");
        }
        if (verifiedApart) {
            throw Problem.badRequest("runtime_config.shared", "a verifier in another environment, or with a runtime_config of its own, is shown the"
                    + " files of the actor's session, which nobody can take out of a sandbox in which others are");
        }
    }

    /**
     * A verifier that is not shown what the actor left would grade something else, and nobody would see that.
     *
     * @param runtime of the actor, whose verifier has a sandbox of its own
     * @throws Problem 400 if nothing is taken out of its sandboxes
     */
    static void checkHandsOver(String runtime) {
        var kind = runtime.replaceFirst("@.*", ""); // of which engine does not matter
        if (!HAND_OVER.contains(kind)) {
            throw Problem.badRequest("verifier", "a verifier in another environment, or with a runtime_config of its own, is shown the files of the"
                    + " actor's session, which are not taken out of a sandbox of runtime " + kind
                    + "; leave its runtime_config out and name the actor's environment, or run the actor by one of process, docker, compose");
        }
    }

    /** By what the config names to be run, or else what there is of the environment. */
    private static String runtime(String prefix, RuntimeConfig config, @Nullable BuiltImage image, @Nullable BuiltServices services) {
        if (config.compose() != null) {
            return runtime(ComposeProject.read(config.compose()), services);
        }
        if (config.namesWhatToRun()) {
            return config.runtime();
        }
        if (config.asksForProcess() && image != null && !image.fitsProcess()) {
            throw Problem.badRequest(prefix + "runtime_config.runtime",
                    "'process' runs the context itself, but the version was built to an image: " + image.unfitForProcess());
        }
        if (config.runtime().equals(DOCKER) && image == null && services != null) { // which somebody can say
            throw Problem.badRequest(prefix + "runtime_config.runtime", "'docker' runs images: none is named, and the version was built to none");
        }
        return image == null || config.asksForProcess() ? config.runtime() : image.runtime();
    }

    /** Which runtime a config that was checked is for by itself. */
    static String runtimeOf(@Nullable JsonNode config) {
        return RuntimeConfig.read(config).runtime();
    }

    /** Where all that its services were built to is; one that nothing was built for could be started nowhere. */
    private static String runtime(ComposeProject project, @Nullable BuiltServices services) {
        var toBuild = project.started().stream().filter(ComposeService::isBuilt).toList();
        for (var service : toBuild) {
            if (services != null && !services.images().containsKey(service.buildKey())) {
                throw Problem.badRequest("runtime_config.compose.document.services." + service.name()
                        + ": its image is to be built, and the environment was deployed without that; deploy it with this project in its runtime_config");
            }
        }
        return services == null || toBuild.isEmpty() ? "compose" : services.runtime();
    }

    /** What the run asks for of its worker's machine: both of its phases, which follow one another. */
    static Needs needs(@Nullable JsonNode environments, @Nullable JsonNode runs, @Nullable JsonNode verifiers) {
        return needs(RuntimeConfig.merged(environments, runs)).or(needs(verifiers));
    }

    private static Needs needs(@Nullable JsonNode config) {
        try {
            return Needs.of(RuntimeConfig.read(config));
        } catch (IllegalArgumentException e) {
            return Needs.NONE; // an environment's, which is for the worker to refuse
        }
    }

    private static void refuse(String prefix, RuntimeConfig config) {
        if (config.compose() != null) {
            try {
                ComposeProject.read(config.compose());
            } catch (IllegalArgumentException e) {
                throw Problem.badRequest(String.valueOf(e.getMessage()).replaceAll("(?m)^", prefix));
            }
        }
        refusal(config).ifPresent(reason -> {
            throw Problem.badRequest(prefix + "runtime_config." + reason);
        });
    }

    /** The field, and why. */
    private static Optional<String> refusal(RuntimeConfig config) {
        var resources = config.resources();
        if (resources != null && resources.tpu() != null) {
            return Optional.of("resources.tpu: nothing here runs environments on such processors");
        }
        if (resources != null && resources.os() != null) {
            return Optional.of("resources.os: environments run on Linux, none other can be chosen");
        }
        if (config.runtime().equals(E2B) && config.gpus() > 0) {
            return Optional.of("resources.gpu: E2B's sandboxes have no graphics processors");
        }
        if (config.runtime().equals(DAYTONA) && config.gpus() > 1) {
            return Optional.of("resources.gpu.count: Daytona gives a sandbox one graphics processor, not " + config.gpus());
        }
        var cpu = config.cpu();
        if (cpu != null && cpu != Math.rint(cpu) && (config.runtime().equals(E2B) || config.runtime().equals(DAYTONA))) {
            return Optional.of("resources.cpu: " + config.runtime() + " gives whole processors, not " + cpu);
        }
        if (!config.networkHosts().isEmpty() && !KEEP_TO_HOSTS.contains(config.runtime())) {
            return Optional.of("network: a list of hosts is kept to where this platform's own door is the only way out, by process, docker, compose and"
                    + " kubernetes, and not by " + config.runtime() + ": ask for none or outbound there");
        }
        if (config.runtime().equals(MODAL)) {
            if (config.gpuTypes().stream().anyMatch(type -> type.contains(":"))) {
                return Optional.of("resources.gpu.type: how many is resources.gpu.count, not a part of the type");
            }
            return config.gpuTypes().size() > 1
                    ? Optional.of("resources.gpu.type: Modal takes one type, not " + String.join(" or ", config.gpuTypes()))
                    : Optional.empty();
        }
        if (!config.gpuTypes().isEmpty()) {
            return Optional.of("resources.gpu.type: only modal chooses graphics processors by type; leave it out for any");
        }
        return Optional.empty();
    }
}
