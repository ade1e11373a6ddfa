// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ImageNameTests {

    @Test
    void aNameIsWrittenOut() {
        assertThat(name("python")).isEqualTo("docker.io/library/python:latest");
        assertThat(name("python:3.11-slim")).isEqualTo("docker.io/library/python:3.11-slim");
        assertThat(name("acme/tool")).isEqualTo("docker.io/acme/tool:latest");
        assertThat(name("docker.io/python")).isEqualTo("docker.io/library/python:latest");
        assertThat(name("ghcr.io/acme/a/b:1")).isEqualTo("ghcr.io/acme/a/b:1");
        assertThat(name("localhost:5000/x")).isEqualTo("localhost:5000/x:latest");
        var digest = "@sha256:" + "a".repeat(64);
        assertThat(name("acme/tool:1" + digest)).isEqualTo("docker.io/acme/tool" + digest);
    }

    @Test
    void whatIsNoNameIsNone() {
        for (var text : List.of("", "/x", "x/", "a//b", "a/../b", "..", "A", "x y", "x?y=1", "x:", "x@sha256:12", "http://x/y", "x\ny", "x".repeat(600))) {
            assertThat(ImageName.of(text)).as(text).isEmpty();
        }
    }

    @Test
    void itIsOfARegistryAnOwnerOrAnImage() {
        assertThat(of("acme/tool", "docker.io/")).isTrue();
        assertThat(of("acme/tool", "docker.io/acme/")).isTrue();
        assertThat(of("acme/tool:7", "docker.io/acme/tool")).isTrue();
        assertThat(of("acme/tools", "docker.io/acme/tool")).isFalse();
        assertThat(of("acme2/tool", "docker.io/acme/")).isFalse();
        assertThat(of("docker.io.example.com/x", "docker.io/")).isFalse();
        assertThat(of("10.0.0.1/docker.io/x", "docker.io/")).isFalse();
    }

    private static String name(String text) {
        return ImageName.of(text).orElseThrow().text();
    }

    private static boolean of(String text, String prefix) {
        return ImageName.of(text).orElseThrow().isOf(List.of(prefix));
    }
}
