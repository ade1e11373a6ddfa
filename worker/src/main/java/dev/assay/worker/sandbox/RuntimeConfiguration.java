// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.account.AccountWorker;
import dev.assay.sdk.runtimes.daytona.DaytonaRuntime;
import dev.assay.sdk.runtimes.docker.ComposeRuntime;
import dev.assay.sdk.runtimes.docker.DockerRuntime;
import dev.assay.sdk.runtimes.docker.DockerSettings;
import dev.assay.sdk.runtimes.e2b.E2bRuntime;
import dev.assay.sdk.runtimes.kubernetes.KubernetesRuntime;
import dev.assay.sdk.runtimes.modal.ModalRuntime;
import dev.assay.sdk.runtimes.process.ProcessRuntime;
import dev.assay.sdk.runtimes.spare.SpareKeeping;
import dev.assay.sdk.runtimes.remote.RemoteRuntime;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.WorkerSettings.Isolation;
import dev.assay.worker.door.DoorKeeper;
import dev.assay.worker.door.KeyPlaceholders;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The runtimes of this worker. */
@Configuration(proxyBeanMethods = false)
class RuntimeConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(RuntimeConfiguration.class);

    @Bean(destroyMethod = "close")
    ProcessRuntime processRuntime(@Value("${assay.data}") Path data, WorkerSettings settings, MeterRegistry meters) throws IOException {
        var folder = data.resolve("worker");
        var cache = settings.cache().isEmpty() ? folder.resolve("venvs") : Path.of(settings.cache());
        var programs = settings.agentPrograms().isEmpty() ? null : Path.of(settings.agentPrograms());
        var runtime = ProcessRuntime.on(folder, cache, settings.isolation() == Isolation.REQUIRED, System.getenv(), programs,
                settings.forks());
        LOG.info("process runtime: {}", runtime.description());
        if (programs != null && runtime.openBecause().isPresent()) {
            LOG.warn("sandboxes without walls do not see the programs of agents in {}, but what this machine has in {} and on its path", programs,
                    ProcessRuntime.AGENT_PROGRAMS);
        }
        FunctionCounter.builder("assay.worker.sandboxes.left", runtime, ProcessRuntime::leftovers)
                .description("Sandboxes whose folder could not be cleared away when they were over")
                .register(meters);
        return runtime;
    }

    /** Whether an engine answers is asked when somebody wants one of its containers. */
    @Bean(destroyMethod = "close")
    @ConditionalOnBooleanProperty(name = "assay.worker.docker", matchIfMissing = true)
    DockerRuntime dockerRuntime(@Value("${assay.data}") Path data, ProcessRuntime process, DockerOptions options, KeyPlaceholders placeholders, MeterRegistry meters,
            Clock clock)
            throws IOException {
        var folder = data.resolve("worker");
        var sockets = process.doorOf(Network.NONE).getParent();
        var runtime = new DockerRuntime(
                new DockerSettings(
                        options.dockerHost(), options.dockerImages(), options.imageRegistry(), options.buildkit(), sockets, Installation.in(folder), process.owner(), process::lives),
                placeholders, clock);
        count(runtime.name(), runtime.spares(), meters);
        LOG.info("docker runtime: {}", runtime.unfitBecause().orElse("images of " + String.join(", ", options.dockerImages())));
        return runtime;
    }

    private static void count(String runtime, SpareKeeping spares, MeterRegistry meters) {
        Gauge.builder("assay.worker.spares", spares, keeping -> keeping.waiting().size())
                .description("Containers and pods that wait for a run")
                .tag("runtime", runtime)
                .register(meters);
        FunctionCounter.builder("assay.worker.spares.taken", spares, SpareKeeping::taken)
                .description("Runs that got a container or pod which waited")
                .tag("runtime", runtime)
                .register(meters);
    }

    /** On the same engine. */
    @Bean
    @ConditionalOnBooleanProperty(name = "assay.worker.docker", matchIfMissing = true)
    ComposeRuntime composeRuntime(DockerRuntime docker) {
        return new ComposeRuntime(docker);
    }

    /** Off unless the operator switches it on: a cluster's credentials may be there for something else. */
    @Bean(destroyMethod = "close")
    @ConditionalOnBooleanProperty("assay.worker.kubernetes")
    KubernetesRuntime kubernetesRuntime(@Value("${assay.data}") Path data, ProcessRuntime process, KubernetesOptions options, DockerOptions images,
            KeyPlaceholders placeholders, MeterRegistry meters, Clock clock)
            throws IOException {
        var sockets = process.doorOf(Network.NONE).getParent();
        var runtime = new KubernetesRuntime(
                options.client(),
                options.settings(
                        images.imageRegistry(), sockets, Installation.in(data.resolve("worker")), process.owner(), process::lives),
                placeholders, clock);
        count(runtime.name(), runtime.spares(), meters);
        LOG.info("kubernetes runtime: {}", runtime.unfitBecause().orElse("images of " + String.join(", ", options.kubernetesImages())));
        return runtime;
    }

    /** Nothing is asked of E2B before a team's run comes with its credential. */
    @Bean(destroyMethod = "close")
    @ConditionalOnBooleanProperty(name = "assay.worker.e2b", matchIfMissing = true)
    E2bRuntime e2bRuntime(@Value("${assay.data}") Path data, ProcessRuntime process, AccountOptions options, Clock clock) throws IOException {
        return new E2bRuntime(options.e2b(), inAccounts(data, process, options), clock);
    }

    /** As above. */
    @Bean(destroyMethod = "close")
    @ConditionalOnBooleanProperty(name = "assay.worker.daytona", matchIfMissing = true)
    DaytonaRuntime daytonaRuntime(@Value("${assay.data}") Path data, ProcessRuntime process, AccountOptions options, Clock clock)
            throws IOException {
        return new DaytonaRuntime(options.daytona(), inAccounts(data, process, options), clock);
    }

    /** As above. */
    @Bean(destroyMethod = "close")
    @ConditionalOnBooleanProperty(name = "assay.worker.modal", matchIfMissing = true)
    ModalRuntime modalRuntime(@Value("${assay.data}") Path data, ProcessRuntime process, AccountOptions options, Clock clock) throws IOException {
        return new ModalRuntime(options.modal(), inAccounts(data, process, options), clock);
    }

    private static AccountWorker inAccounts(Path data, ProcessRuntime process, AccountOptions options) throws IOException {
        var sockets = process.doorOf(Network.NONE).getParent();
        return options.worker(Installation.in(data.resolve("worker")), process.owner(), process::lives, sockets);
    }

    /** What others serve is reached as a sandbox would reach it. */
    @Bean
    RemoteRuntime remoteRuntime(ObjectProvider<DoorKeeper> door) {
        return new RemoteRuntime((host, port) -> door.getObject().dial(host, port));
    }
}
