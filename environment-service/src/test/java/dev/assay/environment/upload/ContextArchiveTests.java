// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.upload;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.environment.Contexts;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContextArchiveTests {

    private final ContextArchive archive = new ContextArchive(1_000_000, 50);

    @Test
    void takesFilesFoldersAndLinksWithin() {
        assertThatCode(() -> check(Contexts.small())).doesNotThrowAnyException();
        accepted(new Contexts().file("./a/b.txt", "x").symlink("a/up", "..").symlink("a/c", "up/a/b.txt").hardLink("d", "a/b.txt"));
        accepted(new Contexts().symlink("dangling", "nowhere/at/all").file("x", ""));
        accepted(new Contexts().symlink("a", "b").symlink("b", "a"));
        accepted(new Contexts().file("a..b/...", "dots are letters, too").file("back\\slash", ""));
    }

    @Test
    void takesLongNamesAndForeignLetters() {
        accepted(new Contexts().file("folder/".repeat(40) + "größe-文.txt", "x"));
    }

    @Test
    void refusesWhatIsNoGzip() {
        refused("hello".getBytes(StandardCharsets.UTF_8), "is not compressed with gzip");
        refused(new byte[0], "is not compressed with gzip");
    }

    @Test
    void refusesWhatIsNoTar() {
        refused(Contexts.gzip(new byte[0]), "no tar archive");
        refused(Contexts.gzip("just a text".getBytes(StandardCharsets.UTF_8)), "tar archive");
        var noise = new byte[4096];
        new Random(7).nextBytes(noise);
        refused(Contexts.gzip(noise), "tar archive");
        refused(Contexts.gzip(new byte[10240]), "no tar archive");
    }

    @Test
    void refusesWhatIsCutOffAtWhateverPlace() {
        var whole = new Contexts().file("env.py", "env").file("noise", noise(5000)).done();
        for (int length = 20; length < whole.length; length += 97) {
            var part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> check(part)).as("the first %d bytes", length).isInstanceOf(ContextRefused.class);
        }
    }

    @Test
    void refusesDamage() {
        var whole = new Contexts().file("noise", noise(5000)).done();
        whole[whole.length - 6] ^= 1;
        assertThatThrownBy(() -> check(whole)).isInstanceOf(ContextRefused.class).hasMessageContaining("damaged");
    }

    @Test
    void refusesNamesThatLeadOut() {
        refused(new Contexts().file("../evil", "x"), "'../evil'", "climbs out");
        refused(new Contexts().file("a/../../evil", "x"), "climbs out");
        refused(new Contexts().folder("a/..").file("b", ""), "climbs out");
        refused(new Contexts().file("/etc/cron.d/evil", "x"), "'/etc/cron.d/evil'", "absolute");
    }

    @Test
    void refusesLinksThatLeadOut() {
        refused(new Contexts().symlink("a", "/etc/passwd"), "'a'", "links out of the context, to '/etc/passwd'");
        refused(new Contexts().symlink("a/b", "../../secret"), "links out");
        refused(new Contexts().hardLink("a", "../secret"), "links out");
        refused(new Contexts().hardLink("a", "/etc/shadow"), "links out");
    }

    @Test
    void refusesLinksThatLeadOutOnlyTogether() {
        refused(new Contexts().folder("d").symlink("d/up", "..").symlink("out", "d/up/../x"), "links out");
        refused(new Contexts().symlink("late", "q/r/../../x").symlink("q/r", ".."), "links out");
        refused(new Contexts().symlink("s", "t").symlink("t", "..").file("x", ""), "links out");
    }

    @Test
    void refusesEntriesBehindLinks() {
        refused(new Contexts().symlink("d", "e").file("d/x", "written through a link"), "'d/x'", "behind the link 'd'");
        refused(new Contexts().file("d/x", "").symlink("d", "e"), "behind the link");
        refused(new Contexts().symlink("a", "b").hardLink("c", "a"), "hard link to a link");
    }

    @Test
    void refusesDevicesAndPipes() {
        refused(new Contexts().device("dev/null"), "'dev/null'", "device");
        refused(new Contexts().pipe("pipe"), "'pipe'", "device");
    }

    @Test
    void refusesTooManyEntriesAndTooMuchContent() {
        var many = new Contexts();
        for (int i = 0; i < 51; i++) {
            many.file("f" + i, "");
        }
        refused(many, "more than 50 entries");
        refused(new Contexts().file("zeros", new byte[2_000_000]), "unpacks to more than 1000000 bytes");
    }

    private void accepted(Contexts context) {
        assertThatCode(() -> check(context.done())).doesNotThrowAnyException();
    }

    private void refused(Contexts context, String... because) {
        refused(context.done(), because);
    }

    private void refused(byte[] context, String... because) {
        var refusal = assertThatThrownBy(() -> check(context)).isInstanceOf(ContextRefused.class);
        for (var reason : because) {
            refusal.hasMessageContaining(reason);
        }
    }

    private void check(byte[] context) throws Exception {
        archive.check(new ByteArrayInputStream(context));
    }

    private static byte[] noise(int length) {
        var noise = new byte[length];
        new Random(length).nextBytes(noise);
        return noise;
    }
}
