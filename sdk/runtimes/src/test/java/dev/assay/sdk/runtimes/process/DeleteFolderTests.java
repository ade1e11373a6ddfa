// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

class DeleteFolderTests {

    @TempDir
    Path folder;

    @Test
    void deletesWhatIsDeeperThanAPathCanBeLong() throws Exception {
        var deep = Files.createDirectory(folder.resolve("deep"));
        var script = "cd \"$1\"; hundred=$(printf 'dddddddd/%.0s' $(seq 100));"
                + " for i in $(seq 15); do mkdir -p $hundred && cd -P $hundred && echo x > file || exit 1; done";
        assertThat(new ProcessBuilder("bash", "-c", script, "bash", deep.toString()).start().waitFor()).isZero();
        assertThat(DeleteFolder.now(deep)).isTrue();
        assertThat(deep).doesNotExist();
    }

    @Test
    void deletesWhatIsUnwritableAndFollowsNoLink() throws Exception {
        var mine = Files.createDirectories(folder.resolve("mine"));
        Files.writeString(mine.resolve("file"), "stays");
        var theirs = Files.createDirectories(folder.resolve("theirs/a/b/c"));
        Files.createSymbolicLink(theirs.resolve("link"), mine);
        Files.createSymbolicLink(folder.resolve("theirs/link"), mine);
        Files.writeString(theirs.resolve("file"), "");
        for (var path : new Path[] {theirs, theirs.getParent(), folder.resolve("theirs")}) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        }
        assertThat(DeleteFolder.now(folder.resolve("theirs"))).isTrue();
        assertThat(folder.resolve("theirs")).doesNotExist();
        assertThat(mine.resolve("file")).hasContent("stays");
    }

    @Test
    @DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(bubblewrap|util-linux|mount).*", disabledReason = "nothing can be mounted here")
    void whatCannotBeDeletedIsSaidCountedAndTriedAgain() throws Exception {
        var sandboxes = Files.createDirectory(folder.resolve("sandboxes"));
        var stuck = Files.createDirectories(sandboxes.resolve("stuck"));
        var leftovers = new Leftovers();
        try (var owners = new Owners(folder.resolve("owners"))) {
            new SandboxRecord("stuck", "run", 1, owners.self(), List.of(), null).writeTo(stuck);
            var reaper = new Reaper(sandboxes, owners, leftovers);
            assertThat(reaper.reap(Instant.now())).isZero();
            undeletable(stuck, () -> {
                new SandboxFolder(stuck, Isolation.NONE, 0, folder.resolve("shortcut"), leftovers).delete();
                assertThat(leftovers.count()).isOne();
                assertThat(reaper.reap(Instant.now())).isZero();
            });
            assertThat(reaper.reap(Instant.now())).isOne();
            assertThat(stuck).doesNotExist();
            assertThat(leftovers.count()).isOne();
        }
    }

    /** Root is kept from it by what is mounted there, anybody else by the folder above, which may not be written to. */
    private static void undeletable(Path folder, Runnable then) throws Exception {
        if (!System.getProperty("user.name").equals("root")) {
            Files.setPosixFilePermissions(folder.getParent(), PosixFilePermissions.fromString("r-xr-xr-x"));
            then.run();
            Files.setPosixFilePermissions(folder.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
            return;
        }
        var busy = Files.createDirectory(folder.resolve("busy"));
        assertThat(new ProcessBuilder("mount", "-t", "tmpfs", "tmpfs", busy.toString()).start().waitFor()).isZero();
        try {
            then.run();
        } finally {
            new ProcessBuilder("umount", busy.toString()).start().waitFor();
        }
    }

    @Test
    void nothingIsLeftOfWhatIsNotThere() {
        assertThat(DeleteFolder.now(folder.resolve("nothing"))).isTrue();
    }
}
