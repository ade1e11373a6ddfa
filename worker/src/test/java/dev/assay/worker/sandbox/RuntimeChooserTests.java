// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assay.contracts.internal.BuiltImage;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.kubernetes.KubernetesRuntime;
import dev.assay.worker.door.KeyPlaceholders;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class RuntimeChooserTests {

    private static final Named PROCESS = new Named("process", List.of("process"), "", false);
    private static final Named DOCKER = new Named("docker", List.of("docker"), "", false);
    private static final Named PODS = new Named("kubernetes", List.of("kubernetes", "docker"), "", false);

    @Test
    void anImageRunsWhereverImagesRun() throws Exception {
        assertThat(chosen("{'image': 'a'}", PROCESS, PODS)).isEqualTo(PODS);
        assertThat(chosen("{'image': 'a'}", PODS, DOCKER)).isEqualTo(DOCKER);
        assertThat(chosen("{'image': 'a', 'runtime': 'kubernetes'}", PODS, DOCKER)).isEqualTo(PODS);
        assertThat(chosen("{}", PODS, PROCESS)).isEqualTo(PROCESS);
    }

    @Test
    void whatIsAwayOrDoesNotGiveWhatIsAskedForIsPassedOver() throws Exception {
        assertThat(chosen("{'image': 'a'}", new Named("docker", List.of("docker"), "", true), PODS)).isEqualTo(PODS);
        assertThat(chosen("{'image': 'a'}", new Named("docker", List.of("docker"), "no such thing", false), PODS)).isEqualTo(PODS);
        assertThatExceptionOfType(NotRunnableException.class)
                .isThrownBy(() -> chosen("{'image': 'a'}", PROCESS, new Named("docker", List.of("docker"), "no such thing", false)))
                .withMessage("no such thing");
        assertThatExceptionOfType(NotRunnableException.class)
                .isThrownBy(() -> chosen("{'image': 'a', 'runtime': 'kubernetes'}", PROCESS, DOCKER))
                .withMessage("runtime_config asks for kubernetes: this worker runs none, it has process, docker");
    }

    @Test
    void anImageThatWasBuiltRunsAsAPodIfItWasPushed() throws Exception {
        var settings = options(Map.of("assay.worker.kubernetes-images", "docker.io/acme/"))
                .settings("registry.test/built", Path.of("/tmp"), "here", "one", owner -> true);
        try (var pods = new KubernetesRuntime(options(Map.of()).client(), settings, new KeyPlaceholders(), Clock.systemUTC())) {
            var chooser = new RuntimeChooser(List.of(PROCESS, pods));
            assertThat(chooser.choose(RuntimeConfig.NONE, new BuiltImage("registry.test/built/letters@sha256:1", null, null))).isEqualTo(pods);
            assertThatExceptionOfType(NotRunnableException.class)
                    .isThrownBy(() -> chooser.choose(RuntimeConfig.NONE, new BuiltImage("assay.invalid/letters", "engine", null)))
                    .withMessageContaining("the version was built to an image");
        }
    }

    @Test
    void ofAVersionThatHoldsBothItsContextRunsAsAProcessIfItCan() throws Exception {
        var chooser = new RuntimeChooser(List.of(DOCKER, PROCESS));
        assertThat(chooser.choose(config("{'runtime': 'process'}"), new BuiltImage("sha256:1", "engine", ""))).isEqualTo(PROCESS);
        assertThat(chooser.choose(config("{'runtime': 'docker'}"), new BuiltImage("sha256:1", "engine", null))).isEqualTo(DOCKER);
        assertThatExceptionOfType(NotRunnableException.class)
                .isThrownBy(() -> chooser.choose(config("{'runtime': 'process'}"), new BuiltImage("sha256:1", "engine", "it wants git")))
                .withMessage("runtime_config asks for process, but the version was built to an image: it wants git");
        assertThatExceptionOfType(NotRunnableException.class)
                .isThrownBy(() -> chooser.choose(config("{'runtime': 'docker'}"), null))
                .withMessage("runtime_config asks for docker: no image is named, and the version was built to none");
    }

    @Test
    void workIsAskedForByKindAndOnlyForWhatIsThere() {
        assertThat(new RuntimeChooser(List.of(PROCESS, PODS)).names()).containsExactly("process", "kubernetes", "docker");
        assertThat(new RuntimeChooser(List.of(PROCESS, new Named("docker", List.of("docker"), "", true))).names()).containsExactly("process");
        assertThat(new RuntimeChooser(List.of(new Named("docker", List.of("docker"), "", true))).names())
                .as("no list at all would ask for anything").containsExactly("none");
    }

    @Test
    void theSettingsOfAClusterAreBoundByTheirNames() {
        var nothing = options(Map.of());
        assertThat(nothing.kubernetesNamespace()).isEqualTo("assay-sandboxes");
        var settings = options(Map.of("assay.worker.kubernetes-node-selector", "pool=sandboxes,topology.kubernetes.io/zone=a"))
                .settings("", Path.of("/tmp"), "here", "one", owner -> true);
        assertThat(settings.nodeSelector()).isEqualTo(Map.of("pool", "sandboxes", "topology.kubernetes.io/zone", "a"));
        assertThat(settings.pending()).hasMinutes(10);
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> options(Map.of("assay.worker.kubernetes-node-selector", "pool")))
                .havingRootCause().withMessageContaining("'pool' is no label=value");
    }

    private static KubernetesOptions options(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("assay.worker", KubernetesOptions.class);
    }

    private static Runtime chosen(String config, Runtime... runtimes) throws NotRunnableException {
        return new RuntimeChooser(List.of(runtimes)).choose(config(config), null);
    }

    private static RuntimeConfig config(String config) {
        return RuntimeConfig.read(Json.MAPPER.readTree(config.replace('\'', '"')));
    }

    /** One that is asked only what it takes. */
    private record Named(String name, List<String> kinds, String refusal, boolean isAway) implements Runtime {

        @Override
        public Optional<String> refusal(RuntimeConfig config) {
            return Optional.of(refusal).filter(reason -> !reason.isEmpty());
        }

        @Override
        public Prepared prepare(Source source, Consumer<String> log) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Sandbox launch(SandboxSpec spec) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<URI> door() {
            return Optional.empty();
        }

        @Override
        public int reap(Instant now) {
            return 0;
        }
    }
}
