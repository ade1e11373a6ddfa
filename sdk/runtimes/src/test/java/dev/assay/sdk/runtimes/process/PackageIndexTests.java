// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class PackageIndexTests {

    @TempDir
    Path folder;

    @Test
    void readsTheOperatorsFilesAndVariablesTheLaterOverTheEarlier() throws Exception {
        write("etc/pip.conf", "[global]\nindex-url = https://machine/simple\ntimeout=7\n[list]\nformat = columns\n");
        write("home/.config/pip/pip.conf", """
                # the operator's
                [global]
                index-url: ignored
                index-url = https://user:s3cret-token@mine/simple
                extra-index-url =
                    https://one/simple
                    https://two/simple
                [install]
                pre = true
                """);
        var index = index(Map.of("PIP_RETRIES", "2", "PIP_CONFIG_FILE", "", "HTTPS_PROXY", "http://p:1", "PATH", "/bin", "SECRET", "x"));
        assertThat(index.variables())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "PIP_INDEX_URL", "https://user:s3cret-token@mine/simple", "PIP_TIMEOUT", "7", "PIP_PRE", "true",
                        "PIP_EXTRA_INDEX_URL", "https://one/simple https://two/simple", "PIP_RETRIES", "2", "HTTPS_PROXY", "http://p:1"));
    }

    @Test
    void strangersGetThePlacesWithoutCredentials() throws Exception {
        write("home/.pip/pip.conf", "[global]\nindex-url = https://user:s3cret-token@mine/simple\nclient-cert = /key.pem\n");
        var index = index(Map.of(
                "PIP_EXTRA_INDEX_URL", "https://only-a-token@other/simple http://plain/", "PIP_PASSWORD_OF_MINE", "s3cret",
                "http_proxy", "http://joe:pw@proxy:3128", "HTTPS_PROXY", "joe:password@proxy:3129", "PIP_PROXY", "proxy:3130", "PIP_CERT",
                "/etc/hosts"));
        assertThat(index.forStrangers().variables())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "PIP_INDEX_URL", "https://mine/simple", "PIP_EXTRA_INDEX_URL", "https://other/simple http://plain/",
                        "http_proxy", "http://proxy:3128", "HTTPS_PROXY", "proxy:3129", "PIP_CERT", "/etc/hosts"));
        assertThat(index.forStrangers().masked("no route to joe:password@proxy")).doesNotContain("password");
        assertThat(index.forStrangers().files()).containsExactly(Path.of("/etc/hosts"));
    }

    @Test
    void noCredentialsAreShown() {
        var index = index(Map.of("PIP_INDEX_URL", "https://user:s3cret-token@mine/simple"));
        assertThat(index.masked("401 for https://user:s3cret-token@mine/simple/x")).isEqualTo("401 for https://****@mine/simple/x");
        assertThat(index.masked("token s3cret-token is wrong")).isEqualTo("token **** is wrong");
        assertThat(index.forStrangers().masked("git+https://abc@host/x and ssh://git@host"))
                .isEqualTo("git+https://****@host/x and ssh://****@host");
        assertThat(index.masked("mail joe@example.org")).isEqualTo("mail joe@example.org");
    }

    @Test
    @Timeout(60)
    void aLineThatIsHardToReadIsReadAllTheSame() {
        var index = index(Map.of());
        for (var line : new String[] {"a".repeat(16_000) + "@", "a://".repeat(4_000) + "/@", "a:///" + "b".repeat(16_000) + "@"}) {
            for (int i = 0; i < 20; i++) {
                assertThat(index.masked(line)).isEqualTo(line);
            }
        }
    }

    @Test
    void aDeployersOwnIndexIsNoticed() {
        assertThat(PackageIndex.isSteeredBy(Map.of("VERSION", "3"))).isFalse();
        assertThat(PackageIndex.isSteeredBy(Map.of("pip_index_url", "http://mine"))).isTrue();
        assertThat(PackageIndex.isSteeredBy(Map.of("https_proxy", "http://mine"))).isTrue();
    }

    private PackageIndex index(Map<String, String> variables) {
        var environment = new java.util.HashMap<>(variables);
        environment.put("HOME", folder.resolve("home").toString());
        return PackageIndex.of(environment, folder.resolve("etc"));
    }

    private void write(String name, String text) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
