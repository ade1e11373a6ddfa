// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.agents.tool.ScreenVerbs.Button;
import dev.assay.sdk.agents.tool.ScreenVerbs.Point;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Dial;
import dev.assay.sdk.protocol.Json;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** A real screen. */
@Timeout(60)
@DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(tigervnc|x11-).*", disabledReason = "no Xvnc, xev or xrandr here")
class XvncTests {

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();
    private String display = "";
    private Path port;

    @AfterEach
    void end() throws InterruptedException {
        for (var process : started.reversed()) {
            process.destroy();
            process.waitFor();
        }
    }

    @Test
    void keysAndPointerArriveInAWindowAndItIsSeen() throws Exception {
        start("-SecurityTypes", "None");
        try (var verbs = RfbVerbs.connect(capability(null), capability -> dial(), ScreenshotEncoding.PNG)) {
            assertThat(List.of(verbs.width(), verbs.height())).containsExactly(320, 240);
            assertThat(new ProcessBuilder("xsetroot", "-display", display, "-solid", "#204080").start().waitFor()).isZero();
            var before = picture(verbs.screenshot());
            assertThat(before.getRGB(300, 200) & 0xffffff).isEqualTo(0x204080);
            var log = folder.resolve("xev");
            program(log, "xev", "-geometry", "200x150+0+0");
            await().until(() -> differs(before, picture(verbs.screenshot())));
            verbs.click(new Point(100, 75), Button.RIGHT, 1, Duration.ZERO, List.of("Shift_L"));
            verbs.scroll(null, 1, List.of());
            verbs.type("a\n"); // of keys that no keyboard has, a window learns the meaning when it likes
            verbs.press(List.of("Control_L", "c"), 1);
            await().untilAsserted(() -> assertThat(Files.readString(log))
                    .contains("ButtonPress", "button 3", "button 5", "0x61, a)", "0xff0d, Return)", "0xffe3, Control_L)"));
            assertThat(verbs.pointer()).isEqualTo(new Point(100, 75));
            var part = picture(verbs.screenshot(new Point(0, 0), new Point(50, 40)));
            assertThat(List.of(part.getWidth(), part.getHeight())).containsExactly(50, 40);
        }
    }

    @Test
    void aScreenIsShownAsWebPIfThatIsWanted() throws Exception {
        start("-SecurityTypes", "None");
        try (var verbs = RfbVerbs.connect(capability(null), capability -> dial(), ScreenshotEncoding.WEBP)) {
            assertThat(verbs.screenshot().content().getFirst().path("mimeType").stringValue()).isEqualTo("image/webp");
            assertThat(picture(verbs.screenshot()).getWidth()).isEqualTo(320);
        }
    }

    @Test
    void aPasswordOpensTheScreenAndAnotherDoesNot() throws Exception {
        var file = folder.resolve("password");
        var process = new ProcessBuilder("vncpasswd", "-f").redirectOutput(file.toFile()).start();
        try (var stdin = process.outputWriter()) {
            stdin.write("open sesame\n");
        }
        assertThat(process.waitFor()).isZero();
        start("-SecurityTypes", "VncAuth", "-PasswordFile", file.toString());
        try (var verbs = RfbVerbs.connect(capability("open sesame"), capability -> dial(), ScreenshotEncoding.PNG)) {
            assertThat(verbs.screenshot().holdsImage()).isTrue();
        }
        assertThatThrownBy(() -> RfbVerbs.connect(capability("close"), capability -> dial(), ScreenshotEncoding.PNG))
                .isInstanceOf(RfbException.class).hasMessageContaining("refuses the login");
    }

    @Test
    void aScreenThatChangesItsSizeIsSeenAsItIsAndOneThatEndsIsLost() throws Exception {
        start("-SecurityTypes", "None");
        try (var verbs = RfbVerbs.connect(capability(null), capability -> dial(), ScreenshotEncoding.PNG)) {
            assertThat(verbs.width()).isEqualTo(320);
            assertThat(new ProcessBuilder("xrandr", "-d", display, "-s", "640x480").inheritIO().start().waitFor()).isZero();
            assertThat(picture(verbs.screenshot()).getWidth()).isEqualTo(640);
            assertThat(verbs.height()).isEqualTo(480);
            started.getFirst().destroyForcibly().waitFor();
            assertThatThrownBy(verbs::screenshot).isInstanceOf(RfbException.class).hasMessageContaining("'screen' cannot be reached");
        }
    }

    private void start(String... options) throws Exception {
        port = folder.resolve("socket");
        var command = new ArrayList<>(List.of(
                "Xvnc", "-displayfd", "1", "-geometry", "320x240", "-depth", "24", "-localhost", "-nolisten", "tcp",
                "-rfbport", "-1", "-rfbunixpath", port.toString()));
        command.addAll(List.of(options));
        var process = new ProcessBuilder(command).redirectError(folder.resolve("xvnc").toFile()).start();
        started.add(process);
        display = ":" + process.inputReader().readLine();
    }

    private void program(Path output, String... command) throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("DISPLAY", display);
        started.add(builder.start());
    }

    private Socket dial() throws IOException {
        return Dial.to(UnixDomainSocketAddress.of(port), Duration.ofSeconds(10));
    }

    private static Capability capability(String password) {
        var params = Json.object();
        if (password != null) {
            params.put("password", password);
        }
        return new Capability("screen", "rfb/3.8", "rfb://127.0.0.1:5901", params);
    }

    private static BufferedImage picture(ToolOutcome outcome) throws IOException {
        var block = outcome.content().getFirst();
        return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(block.path("data").stringValue())));
    }

    private static boolean differs(BufferedImage one, BufferedImage other) {
        return one.getRGB(100, 75) != other.getRGB(100, 75);
    }
}
