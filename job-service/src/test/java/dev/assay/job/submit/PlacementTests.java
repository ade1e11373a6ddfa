// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.internal.BuiltImage;
import dev.assay.contracts.internal.BuiltServices;
import dev.assay.kit.problem.Problem;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.compose.ComposeProject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class PlacementTests {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'resources':{'tpu':{'type':'v5'}}}  | runtime_config.resources.tpu: nothing here
            {'resources':{'os':'windows'}}       | runtime_config.resources.os: environments run on Linux
            {'compose':{'document':{}}}          | runtime_config.compose.document.services: the environment is the service 'main', there is none
            {'compose':{'document':'a.yaml'}}    | runtime_config.compose.document: the Compose document itself is needed
            {'resources':{'gpu':{'type':'x'}}}   | runtime_config.resources.gpu.type: only modal chooses
            {'image':3}                          | runtime_config.image must be a text
            {'image':'a','runtime':'e2b','resources':{'gpu':{}}}   | runtime_config.resources.gpu: E2B's sandboxes have no
            {'image':'a','runtime':'e2b','resources':{'cpu':1.5}}  | runtime_config.resources.cpu: e2b gives whole processors
            {'image':'a','runtime':'daytona','resources':{'cpu':1.5}}  | runtime_config.resources.cpu: daytona gives whole processors
            {'image':'a','runtime':'modal','resources':{'gpu':{'type':['A100','H100']}}}  | runtime_config.resources.gpu.type: Modal takes one type, not A100 or H100
            {'image':'a','runtime':'modal','resources':{'gpu':{'type':'A100:2'}}}  | runtime_config.resources.gpu.type: how many is resources.gpu.count
            {'image':'a','runtime':'daytona','resources':{'gpu':{'count':2}}}  | runtime_config.resources.gpu.count: Daytona gives a sandbox one
            {'image':'a','runtime':'e2b','network':['pypi.org']}     | runtime_config.network: a list of hosts is kept to where
            {'remote':'tcp://h:1','network':['pypi.org']}            | runtime_config.network: a list of hosts is kept to where
            {'network':[]}                       | runtime_config.network must list 1 to 64 hosts
            {'network':['pypi.org','192.0.2.1']} | runtime_config.network[1] must be a host's name
            {'network':['https://pypi.org']}     | runtime_config.network[0] must be a host's name
            """)
    void whatNoWorkerCanGiveIsRefusedByItsName(String config, String reason) {
        assertThatThrownBy(() -> Placement.check("", json(config))).isInstanceOf(Problem.class).hasMessageContaining(reason);
        assertThatThrownBy(() -> Placement.check("verifier.", json(config))).hasMessageContaining("verifier." + reason);
    }

    @Test
    void whatSomeWorkersCanGiveIsNot() {
        assertThatCode(() -> Placement.check("", json("{'image':'letters','resources':{'gpu':{},'memory_mb':1000000}}"))).doesNotThrowAnyException();
        assertThatCode(() -> Placement.check("", json("{'image':'a','runtime':'modal','resources':{'gpu':{'type':'A100','count':2},'cpu':0.5}}")))
                .doesNotThrowAnyException();
        assertThatCode(() -> Placement.check("", json("null"))).doesNotThrowAnyException();
    }

    @Test
    void whatNeedsASandboxForItselfIsNotPutIntoOneWithOthers() {
        var shared = json("{'shared':4}");
        assertThatThrownBy(() -> Placement.checkShared(null, shared, "claude_cli", false))
                .isInstanceOf(Problem.class).hasMessageContaining("runtime_config.shared: agents of type 'claude_cli' work inside");
        assertThatThrownBy(() -> Placement.checkShared(shared, null, "openai", true))
                .isInstanceOf(Problem.class).hasMessageContaining("runtime_config.shared: a verifier in another environment");
        assertThatThrownBy(() -> Placement.checkShared(json("{'remote':'tcp://h:1'}"), shared, "openai", false))
                .isInstanceOf(Problem.class).hasMessageContaining("runtime_config.shared: the environment runs where its default says (tcp://h:1)");
        assertThatCode(() -> Placement.checkShared(json("{'remote':'tcp://h:1'}"), json("{'image':'a','shared':4}"), "openai", false))
                .doesNotThrowAnyException();
        assertThatCode(() -> Placement.checkShared(shared, null, "openai", false)).doesNotThrowAnyException();
        assertThatCode(() -> Placement.checkShared(shared, json("{'shared':null}"), "claude_cli", true)).doesNotThrowAnyException();
        assertThatCode(() -> Placement.checkShared(json("[]"), null, "claude_cli", true)).doesNotThrowAnyException();
    }

    @Test
    void whoseVerifierHasASandboxOfItsOwnRunsWhereTheFilesOfItsSessionCanBeTakenFrom() {
        for (var runtime : List.of("process", "docker", "docker@ABCD:EFGH", "compose", "compose@ABCD")) {
            assertThatCode(() -> Placement.checkHandsOver(runtime)).doesNotThrowAnyException();
        }
        for (var runtime : List.of("kubernetes", "e2b", "daytona", "modal", "remote")) {
            assertThatThrownBy(() -> Placement.checkHandsOver(runtime))
                    .isInstanceOf(Problem.class).hasMessageContaining("verifier: ").hasMessageContaining("a sandbox of runtime " + runtime);
        }
    }

    @Test
    void anEnvironmentsDefaultCountsUnlessTheRunSaysOtherwise() {
        var compose = json("{'compose':{'document':{}}}");
        assertThatThrownBy(() -> check(compose, null, null, null)).hasMessageContaining("runtime_config.compose.document.services");
        assertThatCode(() -> check(compose, null, null, json("{'image':'letters'}"))).doesNotThrowAnyException();
        assertThatCode(() -> check(json("{'image':3}"), null, null, null)).doesNotThrowAnyException();
    }

    @Test
    void anImageThatWasBuiltIsRunWhereItIsUnlessTheRunNamesSomethingElse() {
        var anywhere = new BuiltImage("registry.example/letters@sha256:0", null, null);
        var onOneEngine = new BuiltImage("sha256:0", "ABCD:EFGH", null);
        assertThat(check(null, null, null, null)).isEqualTo("process");
        assertThat(check(null, anywhere, null, null)).isEqualTo("docker");
        assertThat(check(json("{'resources':{'cpu':1}}"), onOneEngine, null, null)).isEqualTo("docker@ABCD:EFGH");
        assertThat(check(null, onOneEngine, null, json("{'image':'letters'}"))).isEqualTo("docker");
        assertThat(check(null, onOneEngine, null, json("{'remote':'tcp://letters.example:8765'}"))).isEqualTo("remote");
    }

    @Test
    void ofAVersionThatHoldsBothEitherIsChosenByName() {
        var process = json("{'runtime':'process'}");
        var docker = json("{'runtime':'docker'}");
        var both = new BuiltImage("sha256:0", "ABCD", "");
        assertThat(check(null, both, BuiltServices.NONE, process)).isEqualTo("process");
        assertThat(check(process, both, BuiltServices.NONE, null)).isEqualTo("process");
        assertThat(check(process, both, BuiltServices.NONE, docker)).isEqualTo("docker@ABCD");
        assertThat(check(json("{'image':'a'}"), null, BuiltServices.NONE, process)).isEqualTo("process");
        assertThatThrownBy(() -> check(null, new BuiltImage("sha256:0", "ABCD", null), BuiltServices.NONE, process)).hasMessageContaining("nobody looked whether it fits");
        assertThat(check(null, null, null, docker)).as("nobody can say").isEqualTo("docker");
        assertThatThrownBy(() -> check(null, null, BuiltServices.NONE, docker))
                .hasMessageContaining("runtime_config.runtime: 'docker' runs images: none is named, and the version was built to none");
        assertThatThrownBy(() -> check(null, new BuiltImage("sha256:0", "ABCD", "Dockerfile says more than a process knows: line 2 (RUN)"), BuiltServices.NONE, process))
                .hasMessageContaining("runtime_config.runtime: 'process' runs the context itself")
                .hasMessageContaining("Dockerfile says more than a process knows: line 2 (RUN)");
    }

    @Test
    void whatDoesNotGoWithItsEnvironmentsDefaultIsRefused() {
        assertThatThrownBy(() -> check(json("{'remote':'tcp://h:1'}"), null, null, json("{'runtime':'docker'}")))
                .hasMessageContaining("runtime_config.runtime chooses what runs an image: there is none, with what its environment brings along");
    }

    @Test
    void aProjectRunsWhereWhatWasBuiltOfItIs() {
        var project = json("{'compose':{'document':{'services':{'main':{'build':'.'}}}}}");
        var key = ComposeProject.read(project.get("compose")).services().get("main").buildKey();
        assertThat(check(project, null, new BuiltServices(Map.of(key, "sha256:0"), "ABCD"), null)).isEqualTo("compose@ABCD");
        assertThat(check(project, null, null, null)).as("nobody can say").isEqualTo("compose");
        assertThat(check(null, null, new BuiltServices(Map.of(), null), json("{'compose':{'document':{'services':{'main':{'image':'a'}}}}}")))
                .isEqualTo("compose");
        assertThatThrownBy(() -> check(project, null, new BuiltServices(Map.of("main-0", "sha256:0"), "ABCD"), null))
                .isInstanceOf(Problem.class).hasMessageContaining("services.main: its image is to be built");
    }

    private static JsonNode json(String text) {
        return Json.MAPPER.readTree(text.replace("\\'", "").replace('\'', '"'));
    }

    private static String check(@Nullable JsonNode environments, @Nullable BuiltImage image, @Nullable BuiltServices services, @Nullable JsonNode runs) {
        return Placement.check(Placement.both(environments, runs), image, services);
    }
}
