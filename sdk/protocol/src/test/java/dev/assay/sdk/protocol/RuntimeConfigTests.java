// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class RuntimeConfigTests {

    @Test
    void theRowsMembersReplaceTheEnvironments() {
        var base = json("{'image':'a','resources':{'memory_mb':100,'cpu':1}}");
        assertThat(RuntimeConfig.merged(base, null)).isEqualTo(base);
        assertThat(RuntimeConfig.merged(null, json("{'limits':{}}"))).isEqualTo(json("{'limits':{}}"));
        assertThat(RuntimeConfig.merged(base, json("{'resources':{'memory_mb':5}}")))
                .isEqualTo(json("{'image':'a','resources':{'memory_mb':5}}"));
        assertThat(RuntimeConfig.merged(base, json("{'image':null}"))).isEqualTo(
                json("{'image':null,'resources':{'memory_mb':100,'cpu':1}}"));
    }

    @Test
    void whereARowRunsTakesThePlaceOfWhereverItsEnvironmentWould() {
        assertThat(RuntimeConfig.merged(json("{'image':'a'}"), json("{'compose':{}}")).has("image")).isFalse();
        assertThat(RuntimeConfig.merged(json("{'compose':{}}"), json("{'image':'a'}")).has("compose")).isFalse();
        assertThat(RuntimeConfig.merged(json("{'image':'a'}"), json("{'remote':'tcp://h:1'}")).has("image")).isFalse();
    }

    @Test
    void whatRunsAnImageCanBeChosenAndStaysChosenForAnotherImage() {
        assertThat(RuntimeConfig.read(json("{'image':'a'}")).runtime()).isEqualTo("docker");
        var chosen = json("{'image':'a','runtime':'kubernetes'}");
        assertThat(RuntimeConfig.read(chosen).runtime()).isEqualTo("kubernetes");
        assertThat(RuntimeConfig.merged(chosen, json("{'image':'b'}"))).isEqualTo(json("{'image':'b','runtime':'kubernetes'}"));
        assertThat(RuntimeConfig.merged(chosen, json("{'remote':'tcp://h:1'}"))).isEqualTo(json("{'remote':'tcp://h:1'}"));
    }

    @Test
    void ofWhatWasDeployedTheContextOrTheImageCanBeChosen() {
        var process = json("{'runtime':'process'}");
        assertThat(RuntimeConfig.read(process).asksForProcess()).isTrue();
        assertThat(RuntimeConfig.NONE.asksForProcess()).as("it asks for nothing").isFalse();
        assertThat(RuntimeConfig.read(json("{'runtime':'docker'}")).runtime()).isEqualTo("docker");
        assertThat(RuntimeConfig.merged(json("{'image':'a','limits':{}}"), process)).isEqualTo(json("{'limits':{},'runtime':'process'}"));
        assertThat(RuntimeConfig.merged(process, json("{'image':'a'}"))).isEqualTo(json("{'image':'a'}"));
        assertThat(RuntimeConfig.merged(process, json("{'runtime':'docker'}"))).isEqualTo(json("{'runtime':'docker'}"));
    }

    @Test
    void whatIsStartedMayBeSharedAndWhatIsRemoteIsAsItIs() {
        assertThat(RuntimeConfig.read(json("{'image':'a','shared':4}")).shared()).isEqualTo(4);
        assertThat(RuntimeConfig.merged(json("{'shared':4}"), json("{'image':'b'}"))).isEqualTo(json("{'image':'b','shared':4}"));
        assertThat(RuntimeConfig.merged(json("{'shared':4}"), json("{'remote':'tcp://h:1'}"))).isEqualTo(json("{'remote':'tcp://h:1'}"));
    }

    @Test
    void whatIsNotSaidIsNull() {
        assertThat(RuntimeConfig.read(null)).isEqualTo(RuntimeConfig.NONE);
        assertThat(RuntimeConfig.read(json("{'image':null,'compose':null,'resources':{'tpu':null,'gpu':null}}")))
                .satisfies(config -> assertThat(config.compose()).isNull())
                .satisfies(config -> assertThat(config.specialResources()).isEmpty());
        assertThat(RuntimeConfig.read(json("{'resources':{'gpu':{'type':null}}}")))
                .satisfies(config -> assertThat(config.gpus()).isEqualTo(1))
                .satisfies(config -> assertThat(config.gpuTypes()).isEmpty());
        assertThat(RuntimeConfig.read(json("{'resources':{'gpu':{'type':'A100'}}}")).gpuTypes()).containsExactly("A100");
        assertThat(RuntimeConfig.read(json("{'resources':{'gpu':{'type':['A100','H100']}}}")).gpuTypes()).containsExactly("A100", "H100");
        assertThat(RuntimeConfig.read(json("{'resources':{'cpu':2,'memory_mb':64.0}}")).memoryMb()).isEqualTo(64);
    }

    @Test
    void moreThanAnybodyHasCanBeAskedFor() {
        assertThat(RuntimeConfig.read(json("{'resources':{'gpu':{'count':3000000000}}}")).gpus()).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'image':''}                               | runtime_config.image must be a text that is not empty
            {'image':'a','compose':{}}                 | runtime_config takes either image or compose, not both
            {'image':'a','remote':'tcp://h:1'}         | runtime_config takes either remote or what is to be started, not both
            {'remote':'http://h:1'}                    | runtime_config.remote must be tcp://host:port
            {'remote':'tcp://h'}                       | runtime_config.remote must be tcp://host:port
            {'remote':'tcp://u@h:1/x'}                 | runtime_config.remote must be tcp://host:port
            {'network':'host'}                         | runtime_config.network must be 'none', 'outbound', or a list of hosts
            {'resources':{'gpu':{'type':3}}}           | runtime_config.resources.gpu.type must be a name, or a list of names
            {'resources':{'gpu':{'type':['a',3]}}}     | runtime_config.resources.gpu.type must be a name, or a list of names
            {'image':'a','runtime':'podman'}           | runtime_config.runtime must be one of process, docker, kubernetes, e2b, daytona, modal
            {'runtime':3}                              | runtime_config.runtime must be one of process, docker, kubernetes, e2b, daytona, modal
            {'image':'a','runtime':'process'}          | runtime_config.runtime: 'process' runs what was deployed, and image names something else
            {'remote':'tcp://h:1','runtime':'process'} | runtime_config.runtime: 'process' runs what was deployed, and remote names something else
            {'remote':'tcp://h:1','runtime':'docker'}  | runtime_config.runtime chooses what runs an image: there is none
            {'runtime':'kubernetes'}                   | runtime_config.runtime chooses what runs an image: there is none
            {'shared':1}                               | runtime_config.shared must be a whole number from 2 to 64: how many runs may be in one sandbox
            {'shared':65}                              | runtime_config.shared must be a whole number from 2 to 64: how many runs may be in one sandbox
            {'shared':2.5}                             | runtime_config.shared must be a whole number from 2 to 64: how many runs may be in one sandbox
            {'shared':'4'}                             | runtime_config.shared must be a whole number from 2 to 64: how many runs may be in one sandbox
            {'shared':4,'remote':'tcp://h:1'}          | runtime_config.shared is about sandboxes that are started here: a remote address serves several runs as it is
            {'resources':{'memory_mb':8796093022208}}  | runtime_config.resources.memory_mb must be a whole number above 0, and at most 4398046511104
            {'resources':{'gpu':{'count':0}}}          | runtime_config.resources.gpu.count must be a whole number above 0
            {'limits':{'startup_timeout_s':0.5}}       | runtime_config.limits.startup_timeout_s must be a whole number above 0
            {'volumes':[]}                             | runtime_config has no 'volumes': it takes compose, image, limits, resources
            []                                         | runtime_config must be an object
            """)
    void whatIsWrongIsSaid(String config, String fault) {
        assertThatIllegalArgumentException().isThrownBy(() -> RuntimeConfig.read(json(config))).withMessage(fault);
    }

    private static JsonNode json(String text) {
        return Json.MAPPER.readTree(text.replace("\\'", "").replace('\'', '"'));
    }
}
