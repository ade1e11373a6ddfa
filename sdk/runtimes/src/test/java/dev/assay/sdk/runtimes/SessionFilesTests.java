// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionFilesTests {

    @TempDir
    private Path disk;

    @Test
    void theyAreOnTheDiskWithoutAName() throws Exception {
        try (var files = taken(adding -> adding.addFile("a", 0, false, InputStream.nullInputStream()))) {
            assertThat(files.isEmpty()).isFalse();
            assertThat(disk).isEmptyDirectory();
        }
    }

    @Test
    void theyHaveLimits() {
        refuses("larger", files -> files.addFile("a", (256L << 20) + 1, false, InputStream.nullInputStream()));
        refuses("larger", files -> {
            files.addFile("a", 1, false, new ByteArrayInputStream(new byte[1]));
            files.addFile("b", Long.MAX_VALUE, false, InputStream.nullInputStream());
        });
        refuses("deeper", files -> files.addFolder("a/".repeat(50) + "a"));
        refuses("more than", files -> {
            for (int number = 0; number <= 10_000; number++) {
                files.addFolder("f" + number);
            }
        });
    }

    @Test
    void aNameThatLeadsElsewhereOrIsNoneIsRefused() {
        for (var name : new String[] {"../a", "/a", "a//b", "a/.", "", "a\0b", "a\uFFFD"}) {
            refuses("name", files -> files.addFolder(name));
        }
    }

    @Test
    void whatCannotBeReadIsTheHostsFailure() {
        assertThatThrownBy(() -> taken(files -> files.addFile("a", 2, false, InputStream.nullInputStream())))
                .isInstanceOfSatisfying(SandboxException.class, told -> assertThat(told.isHosts()).isTrue())
                .hasMessageContaining("shorter");
        assertThatThrownBy(() -> SessionFiles.taken(disk.resolve("gone"), files -> true))
                .isInstanceOfSatisfying(SandboxException.class, told -> assertThat(told.isHosts()).isTrue());
    }

    @Test
    void anInterruptEndsIt() {
        try {
            assertThatThrownBy(() -> taken(files -> {
                Thread.currentThread().interrupt();
                for (int number = 0; number < 100; number++) {
                    files.addFolder("f" + number);
                }
            })).hasCauseInstanceOf(ClosedByInterruptException.class);
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void onlyFilesNeedAPlace() throws Exception {
        var without = new WithoutPlace();
        try (var none = taken(files -> {}); var some = taken(files -> files.addFolder("a"))) {
            without.restore("s", none);
            assertThatThrownBy(() -> without.restore("s", some)).isInstanceOf(SandboxException.class).hasMessageContaining("no place");
        }
    }

    @Test
    void aSessionIsCalledAsAFolderCanBe() {
        assertThat(SessionFiles.canHaveFolder("sess-1: ä")).isTrue();
        for (var name : new String[] {"", ".", "..", "a/b", "a\0", "ä".repeat(128)}) {
            assertThat(SessionFiles.canHaveFolder(name)).isFalse();
        }
    }

    private interface Adding {
        void to(SessionFiles files) throws IOException, SandboxException;
    }

    private SessionFiles taken(Adding adding) throws SandboxException {
        return SessionFiles.taken(disk, files -> {
            adding.to(files);
            return true;
        }).orElseThrow();
    }

    private void refuses(String why, Adding adding) {
        assertThatThrownBy(() -> taken(adding))
                .isInstanceOfSatisfying(SandboxException.class, told -> assertThat(told.isHosts()).isFalse())
                .hasMessageContaining(why);
    }

    private static final class WithoutPlace implements Sandbox {

        @Override
        public SocketAddress address() {
            return InetSocketAddress.createUnresolved("example.com", 1);
        }

        @Override
        public Optional<URI> door() {
            return Optional.empty();
        }

        @Override
        public String outputTail() {
            return "";
        }

        @Override
        public boolean alive() {
            return true;
        }

        @Override
        public void close() {}
    }
}
