// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackContextTests {

    @TempDir
    Path folder;

    @Test
    void unpacksFilesFoldersAndLinksThatStayInside() throws Exception {
        unpack(new TarGz().folder("a/b/").file("a/env.py", "x = 1").link("a/b/same.py", "../env.py").hardLink("copy.py", "a/env.py"));
        assertThat(folder.resolve("a/b/same.py")).hasContent("x = 1");
        assertThat(folder.resolve("copy.py")).hasContent("x = 1");
    }

    @Test
    void readsLongNames() throws Exception {
        var name = "deep/".repeat(30) + "file.txt";
        unpack(new TarGz().longNamedFile(name, "here"));
        assertThat(folder.resolve(name)).hasContent("here");
    }

    @Test
    void refusesWhatLeadsOut() {
        refused(new TarGz().file("../evil", "x"), "leads out");
        refused(new TarGz().file("a/../../evil", "x"), "leads out");
        refused(new TarGz().file("/etc/evil", "x"), "leads out");
        refused(new TarGz().link("up", "../.."), "leads out");
        refused(new TarGz().link("root", "/etc/passwd"), "leads out");
        refused(new TarGz().hardLink("hard", "../secret"), "leads out");
        refused(new TarGz().hardLink("hard2", "nothing"), "no file of its own");
    }

    @Test
    void refusesALinkThatClimbsThroughAnother() {
        refused(new TarGz().folder("d/").link("d/l", "..").link("m", "d/l/../etc"), "leads out");
    }

    @Test
    void refusesToWriteBelowALink() {
        refused(new TarGz().folder("real/").link("dir", "real").file("dir/file", "x"), "no folder");
        refused(new TarGz().file("target", "x").link("name", "target").file("name", "y"), "twice");
    }

    @Test
    void refusesDevicesAndPipes() {
        refused(new TarGz().entry("tty", '3', "", new byte[0]), "neither file");
        refused(new TarGz().entry("pipe", '6', "", new byte[0]), "neither file");
    }

    @Test
    void refusesTooMuch() {
        refused(new UnpackContext(10, 100), new TarGz().file("big", "12345678901"), "larger than");
        refused(new UnpackContext(1000, 1), new TarGz().file("a", "1").file("b", "2"), "more than 1 entries");
        refused(new TarGz(), "empty");
    }

    @Test
    void refusesWhatIsNoArchive() {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> UnpackContext.DEFAULTS.into(folder, new ByteArrayInputStream("hello".getBytes())))
                .withMessageContaining("no readable tar.gz");
    }

    private void unpack(TarGz archive) throws Exception {
        UnpackContext.DEFAULTS.into(folder, archive.stream());
    }

    private void refused(TarGz archive, String why) {
        refused(UnpackContext.DEFAULTS, archive, why);
    }

    private void refused(UnpackContext unpack, TarGz archive, String why) {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> unpack.into(Files.createTempDirectory(folder, "try"), archive.stream()))
                .withMessageContaining(why);
    }
}
