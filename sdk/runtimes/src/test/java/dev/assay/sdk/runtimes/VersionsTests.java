// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.runtimes.context.ContextArchive;
import dev.assay.sdk.runtimes.context.ContextLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
        used("versions/old.lock", LONG_AGO);

        versions.clearUnused(A_WEEK_AGO);

        assertThat(names("versions")).containsExactlyInAnyOrder("new", "new.lock");
        assertThat(prepare("old").source()).isDirectory();
        assertThat(fetched).isEqualTo(3);
    }

    @Test
    void whatIsUsedAgainAndAgainStaysHoweverLongAgoItWasMade() throws Exception {
        prepare("used");
        used("versions/used.lock", LONG_AGO);
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
        }
        Files.createDirectories(venvs.resolve("cache"));
        used("venvs/old.lock", LONG_AGO);

        versions.clearUnused(A_WEEK_AGO);

        assertThat(names("venvs")).containsExactlyInAnyOrder("new", "new.ready", "new.lock", "cache");
    }

    @Test
    void whoeverHasWaitedForALockThatAnotherProcessDeletesGetsOneThatOthersSee() throws Exception {
        var file = Files.createFile(folder.resolve("a.lock"));
        var inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        var another = new ProcessBuilder("python3", "-c", """
                import fcntl, os, sys
                held = open(sys.argv[1], "r+")
                fcntl.lockf(held, fcntl.LOCK_EX)
                print("held", flush=True)
                sys.stdin.readline()
                os.unlink(sys.argv[1])""", file.toString()).start();
        assertThat(another.inputReader().readLine()).isEqualTo("held");
        var waiting = CompletableFuture.supplyAsync(() -> isThereWhileHeld(file));
        while (Files.readAllLines(Path.of("/proc/locks")).stream().noneMatch(line -> line.contains("->") && line.contains(inode))) {
            Thread.onSpinWait();
        }
        another.outputWriter().append('\n').close();
        assertThat(waiting.join()).isTrue();
    }

    private static boolean isThereWhileHeld(Path file) {
        try (var lock = FolderLock.hold(file)) {
            return Files.exists(file);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private PreparedVersion prepare(String id) throws Exception {
        return versions.prepare(
                new VersionContext(id, "letters", Map.of(), Network.NONE, () -> {
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
