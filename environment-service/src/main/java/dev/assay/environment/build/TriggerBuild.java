// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.EnvironmentName;
import dev.assay.environment.build.TriggerRequest.Order;
import dev.assay.environment.project.ProjectDirectory;
import dev.assay.environment.registry.Environment;
import dev.assay.environment.registry.Registry;
import dev.assay.kit.sealing.SecretBox;
import dev.assay.environment.upload.Uploads;
import dev.assay.environment.version.Version;
import dev.assay.environment.version.VersionCatalog;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import java.time.Clock;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Makes a new version of an environment out of an upload and puts its build into the queue. Triggering the same build again changes nothing
 * and gives the same answer: clients repeat what got no answer.
 */
@Component
class TriggerBuild {

    private final Uploads uploads;
    private final ProjectDirectory projects;
    private final Registry registry;
    private final VersionCatalog versions;
    private final Builds builds;
    private final SecretBox secrets;
    private final Clock clock;

    TriggerBuild(
            Uploads uploads,
            ProjectDirectory projects,
            Registry registry,
            VersionCatalog versions,
            Builds builds,
            SecretBox secrets,
            Clock clock) {
        this.uploads = uploads;
        this.projects = projects;
        this.registry = registry;
        this.versions = versions;
        this.builds = builds;
        this.secrets = secrets;
        this.clock = clock;
    }

    @Transactional
    Build trigger(Caller caller, Order order) {
        // The upload's lock makes two triggers of one build one after the other.
        var upload = uploads.lock(order.build(), caller.team())
                .orElseThrow(() -> Problem.notFound("There is no build " + order.build() + ": ask for an upload address first."));
        if (!upload.triggered()) {
            var sha256 = upload.sha256();
            if (sha256 == null) {
                throw Problem.badRequest("build_id", "nothing was uploaded for build " + order.build() + " yet");
            }
            enqueue(caller, order, new Version.Context(sha256, upload.size()), engine(order, upload.recipe()));
        }
        return builds.find(order.build(), caller.team()).orElseThrow();
    }

    private static EngineNeed engine(Order order, boolean recipe) {
        if (!recipe && EngineNeed.wantsAnImage(order.runtimeConfig())) {
            throw Problem.badRequest("runtime_config.runtime", "'docker' wants a Dockerfile.hud or Dockerfile in the context, which has neither");
        }
        return EngineNeed.of(order.runtimeConfig(), recipe);
    }

    private void enqueue(Caller caller, Order order, Version.Context context, EngineNeed engine) {
        var now = clock.instant();
        var environment = environment(caller, order);
        registry.setVariables(environment, order.variables());
        var version = new Version(
                environment.id(),
                caller.team(),
                environment.nextNumber(now),
                order.declaredName(),
                context,
                new Version.RuntimeDefaults(order.runtimeProvider(), order.runtimeConfig()),
                now);
        versions.add(version);
        builds.add(new Builds.NewBuild(
                order.build(), caller.team(), environment.id(), version.id(), order.noCache(), engine,
                secrets.seal(order.buildArgs(), order.build()), secrets.seal(order.buildSecrets(), order.build())));
        uploads.triggered(order.build());
    }

    private Environment environment(Caller caller, Order order) {
        var name = EnvironmentName.of(order.declaredName());
        var project = projects.choose(caller, order.project()).id();
        var environment = registry.getOrCreate(caller.team(), name, project);
        if (order.environment() != null && !order.environment().equals(environment.id())) {
            var chosen = registry.require(caller.team(), order.environment());
            throw Problem.badRequest("registry_id", "is environment '" + chosen.name() + "', but the code declares '" + name + "'");
        }
        if (order.environment() == null) {
            versions.declaredName(environment).filter(known -> EnvironmentName.areOthers(known, order.declaredName())).ifPresent(known -> {
                throw Problem.conflict("name: clients find '" + order.declaredName() + "' and '" + known + "' under one name, '" + name
                        + "', which is that of '" + known + "' here: call it something that differs in a-z and 0-9, or deploy with"
                        + " registry_id if it is meant to be the same environment.");
            });
        }
        if (order.project() != null) {
            environment.moveTo(project);
        }
        return environment;
    }
}
