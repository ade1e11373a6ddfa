// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.runtimes.context.ContextArchive;
import dev.assay.sdk.runtimes.context.ContextLimits;
import dev.assay.sdk.runtimes.context.ContextRefused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is said of an archive is said twice, when it is checked and when it is unpacked: the two must never differ. */
class ContextArchiveTests {

    private static final ContextLimits LIMITS = new ContextLimits(1_000_000, 50, 400, 40);

    @TempDir
    Path folder;

    private final ContextArchive archive = new ContextArchive(LIMITS);

    @Test
    void unpacksFilesFoldersAndLinksThatStayInside() throws Exception {
        var unpacked = accepted(new TarGz()
                .folder("a/b/").file("./a/env.py", "x = 1").link("a/b/same.py", "../env.py").hardLink("copy.py", "a/env.py")
                .link("a/up", "..").link("a/c", "up/a/env.py"));
        assertThat(unpacked.resolve("a/b/same.py")).hasContent("x = 1");
        assertThat(unpacked.resolve("copy.py")).hasContent("x = 1");
        assertThat(unpacked.resolve("a/c")).hasContent("x = 1");
        accepted(new TarGz().link("dangling", "nowhere/at/all").file("x", ""));
        accepted(new TarGz().link("a", "b").link("b", "a"));
        accepted(new TarGz().file("a..b/...", "dots are letters, too").file("back\\slash", ""));
    }

    @Test
    void aLinkMayClimbWithinTheContext() throws Exception {
        assertThat(accepted(new TarGz().file("a/b/c.txt", "here").link("a/here", "./b/../b/c.txt")).resolve("a/here")).hasContent("here");
    }

    @Test
    void takesLongNamesAndForeignLetters() throws Exception {
        var name = "folder/".repeat(30) + "größe-文.txt";
        assertThat(Utf8Path.in(accepted(new TarGz().longNamedFile(name, "here")), name)).hasContent("here");
    }

    @Test
    void namesAreBytesInWhateverLettersTheyWereWritten() throws Exception {
        var unpacked = accepted(new TarGz(StandardCharsets.ISO_8859_1)
                .file("café.txt", "1").file("cafè.txt", "2").folder("ñ/").link("ñ/here", "../café.txt").hardLink("ñ/same", "cafè.txt")
                .entry("gnu", 'L', "", "é".repeat(150).getBytes(StandardCharsets.ISO_8859_1)).file("short", "3"));
        assertThat(read(unpacked, "caf%E9.txt")).isEqualTo("1");
        assertThat(read(unpacked, "caf%E8.txt")).isEqualTo("2");
        assertThat(read(unpacked, "%F1/here")).isEqualTo("1");
        assertThat(read(unpacked, "%F1/same")).isEqualTo("2");
        assertThat(read(unpacked, "%E9".repeat(150))).isEqualTo("3");
    }

    @Test
    void anExtendedHeaderMayHoldBytesThatAreNoText() throws Exception {
        var name = "längst/".repeat(20);
        var unpacked = accepted(new TarGz()
                .longNamedFile(name + "ä", StandardCharsets.ISO_8859_1, "1").longNamedFile(name + "ö", StandardCharsets.ISO_8859_1, "2")
                .longNamedFile(name + "ä", "3"));
        assertThat(read(unpacked, "l%E4ngst/".repeat(20) + "%E4")).isEqualTo("1");
        assertThat(read(unpacked, "l%E4ngst/".repeat(20) + "%F6")).isEqualTo("2");
        assertThat(read(unpacked, "l%C3%A4ngst/".repeat(20) + "%C3%A4")).isEqualTo("3");
    }

    @Test
    void namesDoNotDependOnTheLocaleOfWhoStartedTheProcess() throws Exception {
        var archive = Files.write(folder.resolve("context.tar.gz"), new TarGz().file("среда.py", "x").file("日本/文", "y").bytes());
        var unpacked = newFolder(folder);
        var java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.assay.sdk.runtimes.UnpackElsewhere", archive.toString(), unpacked.toString());
        java.environment().keySet().removeIf(name -> name.equals("LANG") || name.startsWith("LC_"));
        java.environment().put("LC_ALL", "C");
        var process = java.redirectErrorStream(true).start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).contains("in ANSI_X3.4-1968: 2 files");
        assertThat(process.waitFor()).isZero();
        assertThat(Utf8Path.in(unpacked, "среда.py")).hasContent("x");
        assertThat(Utf8Path.in(unpacked, "日本/文")).hasContent("y");
    }

    @Test
    void refusesHeadersThatTwoReadersWouldReadDifferently() {
        refused(new TarGz().entry("g", 'g', "", TarGz.record("path", "all")).file("a", "").file("b", ""), "global header");
        refused(new TarGz().entry("x", 'x', "", "999 path=short\n".getBytes(StandardCharsets.UTF_8)).file("a", ""));
        refused(new TarGz().entry("x", 'x', "", TarGz.record("path", "../evil")).file("a", ""), "climbs out");
    }

    private static String read(Path root, String address) throws IOException {
        return Files.readString(Path.of(URI.create(root.toUri() + address)));
    }

    @Test
    void takesAnArchiveOfSeveralCompressedParts() throws Exception {
        var whole = new TarGz().file("env.py", "x = 1").file("b", "2");
        var bytes = new java.util.zip.GZIPInputStream(whole.stream()).readAllBytes();
        var parts = new java.io.ByteArrayOutputStream();
        parts.writeBytes(TarGz.gzip(Arrays.copyOf(bytes, 700)));
        parts.writeBytes(TarGz.gzip(Arrays.copyOfRange(bytes, 700, bytes.length)));
        assertThat(accepted(parts.toByteArray()).resolve("b")).hasContent("2");
    }

    @Test
    void refusesWhatIsNoGzip() {
        refused("hello".getBytes(StandardCharsets.UTF_8), "is not compressed with gzip");
        refused(new byte[0], "is not compressed with gzip");
    }

    @Test
    void refusesWhatIsNoTar() {
        refused(TarGz.gzip(new byte[0]), "no tar archive");
        refused(TarGz.gzip("just a text".getBytes(StandardCharsets.UTF_8)), "tar archive");
        refused(TarGz.gzip(noise(4096)), "tar archive");
        refused(TarGz.gzip(new byte[10240]), "no tar archive");
    }

    @Test
    void refusesWhatIsCutOffAtWhateverPlace() {
        var whole = new TarGz().file("env.py", "env").file("noise", noise(5000)).bytes();
        for (int length = 20; length < whole.length; length += 97) {
            refused(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void refusesDamage() {
        var whole = new TarGz().file("noise", noise(5000)).bytes();
        whole[whole.length - 6] ^= 1;
        refused(whole, "damaged");
    }

    @Test
    void refusesNamesThatLeadOut() {
        refused(new TarGz().file("../evil", "x"), "'../evil'", "climbs out");
        refused(new TarGz().file("a/../../evil", "x"), "climbs out");
        refused(new TarGz().folder("a/..").file("b", ""), "climbs out");
        refused(new TarGz().file("/etc/cron.d/evil", "x"), "'/etc/cron.d/evil'", "absolute");
        refused(new TarGz().longNamedFile("../evil", "x"), "climbs out");
    }

    @Test
    void refusesLinksThatLeadOut() {
        refused(new TarGz().link("a", "/etc/passwd"), "'a'", "links out of the context, to '/etc/passwd'");
        refused(new TarGz().link("a/b", "../../secret"), "links out");
        refused(new TarGz().hardLink("a", "../secret"), "links out");
        refused(new TarGz().hardLink("a", "/etc/shadow"), "links out");
        refused(new TarGz().hardLink("a", "nothing"), "hard link to no file");
        refused(new TarGz().folder("d").hardLink("a", "d"), "hard link to no file");
    }

    @Test
    void refusesLinksThatLeadOutOnlyTogether() {
        refused(new TarGz().folder("d").link("d/up", "..").link("out", "d/up/../x"), "links out");
        refused(new TarGz().link("late", "q/r/../../x").link("q/r", ".."), "links out");
        refused(new TarGz().link("s", "t").link("t", "..").file("x", ""), "links out");
    }

    @Test
    void refusesEntriesBehindLinksAndFiles() {
        refused(new TarGz().link("d", "e").file("d/x", "written through a link"), "'d/x'", "behind the link 'd'");
        refused(new TarGz().file("d/x", "").link("d", "e"), "behind the link");
        refused(new TarGz().link("a", "b").hardLink("c", "a"), "hard link to a link");
        refused(new TarGz().file("d", "").file("d/x", ""));
        refused(new TarGz().file("d/x", "").file("d", ""));
    }

    @Test
    void refusesWhatComesTwice() {
        refused(new TarGz().file("a", "1").file("./a", "2"), "comes twice");
        refused(new TarGz().link("a", "b").file("a", "2"), "comes twice");
        refused(new TarGz().file("a", "1").folder("a"), "comes twice");
        refused(new TarGz().file("a", "1").hardLink("a", "a"), "comes twice");
    }

    @Test
    void refusesDevicesPipesSparseFilesAndWhatNobodyKnows() {
        refused(new TarGz().entry("dev/null", '3', "", new byte[0]), "'dev/null'", "device");
        refused(new TarGz().entry("disk", '4', "", new byte[0]), "device");
        refused(new TarGz().entry("pipe", '6', "", new byte[0]), "device");
        refused(new TarGz().entry("sparse", 'S', "", new byte[0]));
        refused(new TarGz().entry("what", 'Z', "", new byte[0]), "neither file, folder nor link");
    }

    @Test
    void refusesTooManyEntriesAndTooMuchContent() {
        var many = new TarGz();
        for (int i = 0; i < 51; i++) {
            many.file("f" + i, "");
        }
        refused(many, "more than 50 entries");
        refused(new TarGz().file("zeros", new byte[2_000_000]), "unpacks to more than 1000000 bytes");
        var behindTheEnd = new java.io.ByteArrayOutputStream();
        behindTheEnd.writeBytes(new TarGz().file("a", "1").bytes());
        behindTheEnd.writeBytes(TarGz.gzip(new byte[2_000_000]));
        refused(behindTheEnd.toByteArray(), "unpacks to more than 1000000 bytes");
    }

    @Test
    void aHardLinkCostsWhatItRepeats() {
        var bomb = new TarGz().file("zeros", new byte[300_000]);
        for (int i = 0; i < 4; i++) {
            bomb.hardLink("again" + i, i == 0 ? "zeros" : "again" + (i - 1));
        }
        refused(bomb, "unpacks to more than 1000000 bytes");
    }

    @Test
    void refusesNamesWithoutEnd() {
        refused(new TarGz().longNamedFile("long/".repeat(90), "x"), "more than 400 bytes");
        refused(new TarGz().longNamedFile("d/".repeat(50) + "x", "x"), "deeper than 40 folders");
        refused(new TarGz().longNamedFile("n".repeat(300), "x"), "more than 255 bytes");
        refused(new TarGz().entry("gnu", 'L', "", "x".repeat(500_000).getBytes()).file("short", ""), "more than 400 bytes");
    }

    @Test
    void aHeaderMayNotFillTheMemory() {
        var roomy = new ContextArchive(ContextLimits.DEFAULTS);
        for (var kind : new char[] {'L', 'K', 'x', 'g'}) {
            var endless = "x".repeat(3 << 20);
            var header = kind == 'x' || kind == 'g' ? TarGz.record("comment", endless) : endless.getBytes(StandardCharsets.UTF_8);
            var bomb = new TarGz().entry("long", kind, "", header).file("short", "").bytes();
            assertThatThrownBy(() -> roomy.check(new ByteArrayInputStream(bomb)))
                    .as("type " + kind)
                    .isInstanceOf(ContextRefused.class)
                    .hasMessageContaining("header of more than");
        }
    }

    private Path accepted(TarGz context) throws IOException {
        return accepted(context.bytes());
    }

    private Path accepted(byte[] context) throws IOException {
        archive.check(new ByteArrayInputStream(context));
        var unpacked = Files.createTempDirectory(folder, "accepted");
        archive.unpack(new ByteArrayInputStream(context), unpacked);
        return unpacked;
    }

    private void refused(TarGz context, String... because) {
        refused(context.bytes(), because);
    }

    private void refused(byte[] context, String... because) {
        var checked = assertThatThrownBy(() -> archive.check(new ByteArrayInputStream(context))).isInstanceOf(ContextRefused.class);
        var around = newFolder(folder);
        var unpacked = assertThatThrownBy(() -> archive.unpack(new ByteArrayInputStream(context), newFolder(around)))
                .isInstanceOf(IOException.class);
        for (var reason : because) {
            checked.hasMessageContaining(reason);
            unpacked.hasMessageContaining(reason);
        }
        try (var written = Files.list(around)) {
            assertThat(written).hasSize(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newFolder(Path in) {
        try {
            return Files.createTempDirectory(in, "context");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] noise(int length) {
        var noise = new byte[length];
        new Random(length).nextBytes(noise);
        return noise;
    }
}
