// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.BuiltImage;
import dev.assay.contracts.internal.BuiltServices;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.job.environment.DeployedEnvironments;
import dev.assay.job.environment.DeployedEnvironments.Found;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.problem.Problem;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Refuses at the door what no worker could run: an environment that the team has not deployed, a task that it does not have. Where
 * environment-service cannot be asked the run is accepted, and its worker finds out.
 */
@Component
class EnvironmentCheck {

    /** Short: what is submitted a moment after a deployment runs what was deployed. */
    private static final Duration FRESH = Duration.ofMillis(500);

    private static final int MANY = 1000;

    private final DeployedEnvironments environments;
    private final Cache<Key, Deployed> known =
            Caches.builder().maximumSize(MANY).expireAfterWrite(FRESH).build();

    EnvironmentCheck(DeployedEnvironments environments) {
        this.environments = environments;
    }

    private record Key(TeamId team, String environment) {}

    /** The names of the arguments that a task takes, and whether it takes others as well. */
    private record Arguments(Set<String> names, boolean others) {}

    /**
     * What an environment's name stands for now.
     *
     * @param tasks by their names; none: it does not say
     * @param runTimeout its own default; null: none, or none that holds
     * @param runtimeConfig what it runs with unless a run says otherwise, or null
     * @param image that it runs in unless a run says otherwise; null: none was built
     * @param services that were built of its Compose project; null: none were
     */
    record Deployed(
            VersionId version, int number, @Nullable Duration runTimeout, @Nullable JsonNode runtimeConfig,
            @Nullable BuiltImage image, @Nullable BuiltServices services, Map<String, Arguments> tasks) {}

    /**
     * Returns what is to be run: it is asked for once, here, whatever is deployed by the time of a run's attempts. Null while nobody can say.
     *
     * @throws Problem 400 that names the field
     */
    @Nullable Deployed check(TeamId team, String environment, String task, JsonNode args) {
        var found = newest(team, environment, task);
        refuse(found, environment, task, args);
        return found;
    }

    /** With that task, if it has it: it may have been deployed just now. */
    private @Nullable Deployed newest(TeamId team, String environment, String task) {
        var key = new Key(team, environment);
        var found = known.get(key, this::ask);
        if (found == null || found.tasks().containsKey(task)) {
            return found;
        }
        known.asMap().remove(key, found);
        return known.get(key, this::ask);
    }

    /** What a team's names stand for from now on: each is asked for once, whatever is deployed while it is used. */
    Function<String, @Nullable Deployed> asOfNow(TeamId team) {
        var seen = new HashMap<String, Supplier<@Nullable Deployed>>();
        return name -> seen.computeIfAbsent(name, first -> answer(new Key(team, first))).get();
    }

    private Supplier<@Nullable Deployed> answer(Key key) {
        try {
            var found = ask(key);
            return () -> found;
        } catch (Problem notDeployed) {
            return () -> {
                throw notDeployed;
            };
        }
    }

    /** @throws Problem 400 that names the field, if it has no such task, or the task no such argument */
    static void refuse(@Nullable Deployed found, String environment, String task, JsonNode args) {
        refuse(found, environment, "task", task, args);
    }

    private static void refuse(@Nullable Deployed found, String environment, String field, String task, JsonNode args) {
        if (found == null || found.tasks().isEmpty()) {
            return;
        }
        var arguments = found.tasks().get(task);
        if (arguments == null) {
            throw Problem.badRequest(field, "environment '" + environment + "' has no task '" + task + "'");
        }
        for (var name : args.propertyNames()) {
            if (!arguments.others() && !arguments.names().contains(name)) {
                throw Problem.badRequest("args." + name, "task '" + task + "' has no such argument");
            }
        }
    }

    /**
     * The same of a verifier: that it cannot be run would show only when the agent has done its work.
     *
     * @return the version of its environment; null while nobody can say
     * @throws Problem 400 that names the field
     */
    @Nullable VersionId checkVerifier(TeamId team, JsonNode verifier) {
        return checkVerifier(name -> newest(team, name, verifier.path("id").asString("")), verifier);
    }

    static @Nullable VersionId checkVerifier(Function<String, @Nullable Deployed> lookup, JsonNode verifier) {
        var environment = verifier.path("env").asString("");
        try {
            var found = lookup.apply(environment);
            refuse(found, environment, "id", verifier.path("id").asString(""), verifier.path("args"));
            return found == null ? null : found.version();
        } catch (Problem refused) {
            throw refused.getStatusCode().isSameCodeAs(HttpStatus.BAD_REQUEST)
                    ? Problem.badRequest("verifier." + refused.getBody().getDetail())
                    : refused;
        }
    }

    /** Null, which is not remembered, while nobody can say. */
    private @Nullable Deployed ask(Key key) {
        return switch (environments.find(key.team(), key.environment())) {
            case Found.Deployed(var version) -> deployed(version);
            case Found.Nothing() ->
                throw Problem.badRequest("env", "there is no environment '" + key.environment() + "' that was built: deploy it first");
            case Found.Unknown() -> null;
        };
    }

    private static Deployed deployed(EnvironmentVersion version) {
        var tasks = new HashMap<String, Arguments>();
        version.manifest().path("tasks").forEach(task -> tasks.put(task.path("id").asString(""), arguments(task.path("args"))));
        var config = version.runtimeConfig();
        return new Deployed(version.versionId(), version.number(), runTimeout(config), config, version.image(), version.services(), Map.copyOf(tasks));
    }

    private static @Nullable Duration runTimeout(@Nullable JsonNode runtimeConfig) {
        try {
            return SubmitRequest.timeout(runtimeConfig);
        } catch (Problem noTime) {
            return null;
        }
    }

    /** A manifest without a schema, or with one that forbids nothing, leaves the names to the environment. */
    private static Arguments arguments(JsonNode schema) {
        var others = !schema.has("properties") || schema.path("additionalProperties").asBoolean(true);
        return new Arguments(Set.copyOf(schema.path("properties").propertyNames()), others);
    }
}
