// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.TarGz;
import dev.assay.sdk.runtimes.context.ContextArchive;
import dev.assay.sdk.runtimes.context.ContextLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionsTests {

    private static final Instant NOW = Instant.now();
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(8));
    private static final Instant A_WEEK_AGO = NOW.minus(Duration.ofDays(7));

    @TempDir
    Path folder;

    private Versions versions;
    private int fetched;

    @BeforeEach
    void start() throws IOException {
        var owners = new Owners(folder.resolve("owners"));
        var workshop = new Workshop(
                folder.resolve("sandboxes"), Isolation.NONE, ControlGroups.none(), owners, SocketFolder.of(owners.self()));
        var environments = new VirtualEnvironments(folder.resolve("venvs"), List::of, Map.of(), workshop);
        versions = new Versions(folder.resolve("versions"), new ContextArchive(ContextLimits.DEFAULTS), environments);
    }

    @Test
    void whatNobodyHasUsedForLongIsClearedAwayAndMadeAgainWhenItIsWanted() throws Exception {
        prepare("old");
        prepare("new");
        used("versions/old.used", LONG_AGO);

        versions.clearUnused(A_WEEK_AGO);

        assertThat(names("versions")).containsExactlyInAnyOrder("new", "new.lock", "new.used", "old.lock");
        assertThat(prepare("old").source()).isDirectory();
        assertThat(fetched).isEqualTo(3);
    }

    @Test
    void whatIsUsedAgainAndAgainStaysHoweverLongAgoItWasMade() throws Exception {
        prepare("used");
        used("versions/used.used", LONG_AGO);
        prepare("used");

        versions.clearUnused(A_WEEK_AGO);

        assertThat(names("versions")).contains("used");
        assertThat(fetched).isEqualTo(1);
    }

    @Test
    void environmentsAreClearedAwayWithTheirMarks() throws Exception {
        var venvs = Files.createDirectories(folder.resolve("venvs"));
        for (var name : List.of("old", "new")) {
            Files.createDirectories(venvs.resolve(name).resolve("bin"));
            Files.createFile(venvs.resolve(name + ".ready"));
            Files.createFile(venvs.resolve(name + ".lock"));
            Files.createFile(venvs.resolve(name + ".used"));
        }
        Files.createDirectories(venvs.resolve("cache"));
        used("venvs/old.used", LONG_AGO);

        versions.clearUnused(A_WEEK_AGO);

        assertThat(names("venvs")).containsExactlyInAnyOrder("new", "new.ready", "new.lock", "new.used", "old.lock", "cache");
    }

    @Test
    void whatIsHeldHereIsHeldForOtherProcessesTooHoweverOftenItIsUsed() throws Exception {
        var file = folder.resolve("a.lock");
        try (var lock = FolderLock.hold(file)) {
            assertThat(lockedByAnother(file)).isEqualTo("refused");
            assertThat(FolderLock.touch(file)).isTrue();
            FolderLock.clearUnused(folder, A_WEEK_AGO, name -> true);
            assertThat(lockedByAnother(file)).isEqualTo("refused");
        }
        assertThat(lockedByAnother(file)).isEqualTo("locked");
    }

    @Test
    void whatCannotBeClearedAwayWholeIsNoVersionAnyMoreAndIsTriedAgain() throws Exception {
        prepare("old");
        used("versions/old.used", LONG_AGO);
        FolderLock.clearUnused(folder.resolve("versions"), A_WEEK_AGO, name -> false);
        assertThat(names("versions")).contains("old.used");
        Files.createDirectories(folder.resolve("versions/old.half"));

        versions.clearUnused(A_WEEK_AGO);

        assertThat(names("versions")).containsExactlyInAnyOrder("old.lock");
        assertThat(FolderLock.touch(folder.resolve("versions/old.lock"))).isFalse();
    }

    private static String lockedByAnother(Path file) throws IOException {
        var another = new ProcessBuilder("python3", "-c", """
                import fcntl, sys
                try:
                    fcntl.lockf(open(sys.argv[1], "r+"), fcntl.LOCK_EX | fcntl.LOCK_NB)
                    print("locked")
                except OSError:
                    print("refused")""", file.toString()).redirectErrorStream(true).start();
        return new String(another.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private PreparedVersion prepare(String id) throws Exception {
        return versions.prepare(
                new Source.Context(id, "letters", Map.of(), Network.NONE, () -> {
                    fetched++;
                    return new ByteArrayInputStream(new TarGz().file("serve.jar", runnableJar()).bytes());
                }),
                line -> {});
    }

    private void used(String lock, Instant at) throws IOException {
        Files.setLastModifiedTime(folder.resolve(lock), FileTime.from(at));
    }

    private List<String> names(String below) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(below))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static byte[] runnableJar() throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "Main");
        var bytes = new ByteArrayOutputStream();
        new JarOutputStream(bytes, manifest).close();
        return bytes.toByteArray();
    }
}
