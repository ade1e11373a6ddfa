// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.protocol.compose.ComposeBuild;
import dev.assay.sdk.protocol.compose.ComposeProject;
import dev.assay.sdk.protocol.compose.ComposeService.Condition;
import dev.assay.sdk.protocol.compose.ComposeService.FileCopy;
import dev.assay.sdk.protocol.compose.ComposeService.VolumeMount;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComposeProjectTests {

    @Test
    void aDocumentAsClientsSendItIsRead() {
        var project = read("""
                {'document': {'name': null, 'services': {
                  'main': {'build': {'context': '.', 'args': {'BASE': 'python'}}, 'image': 'mine', 'environment': {'PRICE': '$$5'}, 'expose': [], 'ports': [{'target': 80}],
                    'volumes': ['kept:/kept', './words:/words:ro', '/scratch'], 'networks': [], 'depends_on': {'word': {'condition': 'service_healthy'}}},
                  'word': {'image': 'python', 'healthcheck': {'test': 'true', 'interval': '1m1.5s', 'retries': 3}, 'networks': {'back': {'aliases': ['w']}}},
                  'first': {'build': 'first', 'scale': 0}},
                 'networks': {'back': {}}, 'volumes': {'kept': {}}, 'x-more': 1},
                 'root': {'compose_path': 'env/compose.yaml'}}
                """);
        assertThat(project.services().keySet()).as("in the order of starting").containsExactly("word", "main", "first");
        assertThat(project.started()).hasSize(2);
        var main = project.services().get("main");
        assertThat(main.build()).isEqualTo(new ComposeBuild("env", "Dockerfile", new TreeMap<>(Map.of("BASE", "python"))));
        assertThat(main.environment()).isEqualTo(Map.of("PRICE", "$5"));
        assertThat(main.files()).containsExactly(new FileCopy("env/words", "/words"));
        assertThat(main.volumes()).containsExactly(new VolumeMount("kept", "/kept", false));
        assertThat(main.scratch()).containsExactly("/scratch");
        assertThat(main.dependsOn()).isEqualTo(Map.of("word", Condition.SERVICE_HEALTHY));
        assertThat(main.networks()).containsOnlyKeys("default");
        var word = project.services().get("word");
        assertThat(word.networks()).isEqualTo(Map.of("back", List.of("w")));
        assertThat(word.healthCheck().test()).containsExactly("CMD-SHELL", "true");
        assertThat(word.healthCheck().interval()).isEqualTo(Duration.ofMillis(61_500));
        assertThat(project.services().get("first").build().context()).isEqualTo("env/first");
        assertThat(project.notes()).anySatisfy(note -> assertThat(note).contains("services.main.ports: nothing is published"));
    }

    @Test
    void whatWasBuiltIsFoundAgainByTheSameRecipeAlone() {
        var one = read("{'document': {'services': {'main': {'build': {'context': './a', 'args': {'A': 1}}}}}}").services().get("main");
        var same = read("{'document': {'services': {'main': {'build': {'args': {'A': '1'}, 'context': 'a/'}, 'command': ['x']}}}}").services().get("main");
        var other = read("{'document': {'services': {'main': {'build': {'context': 'a', 'args': {'A': '2'}}}}}}").services().get("main");
        assertThat(same.buildKey()).isEqualTo(one.buildKey()).startsWith("main-").isNotEqualTo(other.buildKey());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'privileged': true                                  | main.privileged: no service is given that
            'cap_add': ['NET_ADMIN']                            | main.cap_add: nothing here knows this of Compose
            'security_opt': ['seccomp=unconfined']              | main.security_opt: walls are the same
            'devices': ['/dev/kvm']                             | main.devices: nothing here knows
            'pid': 'host'                                       | main.pid: nothing here knows
            'ipc': 'host'                                       | main.ipc: nothing here knows
            'network_mode': 'host'                              | main.network_mode: 'host' is not given
            'network_mode': 'container:x'                       | main.network_mode: 'container:x' is not given
            'network_mode': 'service:gone'                      | main.network_mode: 'gone' is no service
            'volumes': ['/var/run/docker.sock:/s']              | main.volumes: '/var/run/docker.sock' is no plain path
            'volumes': ['../..:/s']                             | main.volumes: '../..' is no plain path
            'volumes': ['~/x:/s']                               | main.volumes: '~/x' is no plain path
            'volumes': ['gone:/s']                              | main.volumes: the volume 'gone' is declared nowhere
            'volumes': [{'type':'bind','source':'/','target':'/s'}] | main.volumes: '/' is no plain path
            'volumes': [{'type':'npipe','source':'x','target':'/s'}] | main.volumes: nothing here mounts a 'npipe'
            'volumes': ['./a:/s/../etc']                        | main.volumes: '/s/../etc' is no plain path of a container
            'volumes': ['a:/./proc//self']                      | main.volumes: nothing is mounted at '/./proc//self'
            'tmpfs': '/sys'                                     | main.tmpfs: nothing is mounted at '/sys'
            'tmpfs': '//'                                       | main.tmpfs: nothing is mounted at '//'
            'volumes': [{'type':'tmpfs','target':'/s','read_only':'yes'}] | main.volumes.read_only: must be true or false
            'volumes': [{'type':'volume','source':'$B','target':'/s'}] | main.volumes.source: '$B' has a variable
            'security_opt': 'no-new-privileges:false'           | main.security_opt: walls are the same
            'security_opt': {'a': 1}                            | main.security_opt: walls are the same
            'healthcheck': {'test': 'echo $B'}                  | main.healthcheck.test: 'echo $B' has a variable
            'healthcheck': {'interval': '999ms'}                | main.healthcheck.interval: at least 1s
            'build': '/etc'                                     | main.build: '/etc' is no plain path
            'build': {'context':'.','dockerfile':'../D'}        | main.build.dockerfile: '../D' leads out
            'build': {'context':'.','network':'host'}           | main.build.network: nothing here knows
            'environment': {'A': '${B}'}                        | main.environment.A: '${B}' has a variable that nothing stands for
            'scale': 3                                          | main.scale: '3' is no number from 0
            'profiles': ['x']                                   | services: the environment is the service 'main', which is not started
            'restart': 'always'                                 | main.restart: an environment that ends is not started again
            'depends_on': ['main']                              | main: it depends on itself
            'mem_limit': 'lots'                                 | main.mem_limit: 'lots' is no number of bytes
            'networks': ['gone']                                | main.networks: 'gone' is declared nowhere
            """, quoteCharacter = '"')
    void whatIsNotDoneHereIsRefusedByItsName(String member, String reason) {
        assertThatThrownBy(() -> read("{'document': {'services': {'main': {'image': 'a', " + member + "}}}}"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("runtime_config.compose.document.services").hasMessageContaining(reason);
    }

    @Test
    void wallsOfNetworksAreRefusedAndAccessToServicesIsReadAsTrueOrFalse() {
        var main = "'document': {'services': {'main': {'image': 'a'}}, 'networks': {'n': {'external': true}}, 'secrets': {'s': {'file': '/etc/shadow'}}}";
        assertThatThrownBy(() -> read("{'service_access': 'yes', 'root': {'compose_path': '../compose.yaml'}, " + main + "}"))
                .hasMessageContaining("runtime_config.compose.service_access: must be true or false")
                .hasMessageContaining("runtime_config.compose.root.compose_path: '../compose.yaml' leads out")
                .hasMessageContaining("networks.n.external: nothing here knows")
                .hasMessageContaining("document.secrets: nothing here knows");
        assertThat(read("{'service_access': true, 'document': {'services': {'main': {'image': 'a'}}}}").hasAccess()).isTrue();
        assertThatThrownBy(() -> read("{'service_access': true, 'document': {'services': {'main': {'image': 'a', 'tmpfs': ['/var/run/docker.sock']}}}}"))
                .hasMessage("runtime_config.compose.document.services.main: '/var/run/docker.sock' is where service_access puts its socket");
        assertThat(read("{'document': {'services': {'main': {'image': 'a'}}}}").hasAccess()).isFalse();
    }

    @Test
    void whatIsOfAnotherShapeOrTooLargeIsRefusedAndBreaksNothing() {
        assertThatThrownBy(() -> read("{'document': {'services': {'main': {'image': 'a'}}, 'networks': {'n': {'driver': {'a': 1}}}}}"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("networks.n.driver: none can be chosen");
        assertThatThrownBy(() -> read("{'document': {'services': {'main': {'image': 'a', 'healthcheck': {'timeout': '" + "1s".repeat(50_000) + "'}}}}}"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("is no time above 0");
        var chain = new StringBuilder("'main': {'image': 'a', 'depends_on': ['s0']}");
        for (int service = 0; service < 20_000; service++) {
            chain.append(", 's").append(service).append("': {'image': 'a', 'scale': 0, 'depends_on': ['s").append(service + 1).append("']}");
        }
        assertThatThrownBy(() -> read("{'document': {'services': {" + chain + "}}}"))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("runtime_config.compose.document.services: at most 100 are taken");
    }

    private static ComposeProject read(String compose) {
        return ComposeProject.read(Json.MAPPER.readTree(compose.replace('\'', '"')));
    }
}
