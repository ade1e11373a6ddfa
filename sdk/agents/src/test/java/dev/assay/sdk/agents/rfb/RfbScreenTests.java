// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.agents.CapabilityRoute;
import dev.assay.sdk.agents.rfb.FakeScreen.Picture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Screens that are none, change, drop, lie or say nothing: each is an error of its own kind, and no more than that. */
@Timeout(60)
class RfbScreenTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void whatIsPackedIsUnpackedOverAllPicturesOfAConnection() throws Exception {
        var packed = new ByteArrayOutputStream();
        var packing = new DeflaterOutputStream(packed, new Deflater(), true);
        Picture striped = (out, width, height) -> {
            FakeScreen.rectangles(out, 2);
            for (int half = 0; half < 2; half++) {
                packed.reset();
                for (int pixel = 0; pixel < width * height / 2; pixel++) {
                    packing.write(new byte[] {(byte) pixel, (byte) half, 7, 0});
                }
                packing.flush();
                FakeScreen.rectangle(out, 0, half * height / 2, width, height / 2, 6);
                out.writeInt(packed.size());
                packed.writeTo(out);
            }
        };
        try (var screen = once(capability -> new FakeScreen(16, 8, striped))) {
            for (int again = 0; again < 3; again++) {
                var picture = screen.capture();
                assertThat(picture.getRGB(3, 1) & 0xffffff).isEqualTo(7 << 16 | 19);
                assertThat(picture.getRGB(15, 7) & 0xffffff).isEqualTo(7 << 16 | 1 << 8 | 63);
            }
        }
    }

    @Test
    void aScreenThatDropsIsDialledAgainAndHasTheSizeThatItHasThen() throws Exception {
        var dropping = new ArrayDeque<Picture>(List.of(FakeScreen.GREY, (out, width, height) -> {}));
        var screens = new ArrayDeque<Socket>(List.of(
                new FakeScreen(8, 8, (out, width, height) -> dropping.removeFirst().write(out, width, height)),
                new FakeScreen(32, 16, FakeScreen.GREY)));
        try (var screen = new RfbScreen(
                FakeScreen.CAPABILITY, capability -> screens.removeFirst(), PATIENCE, List.of(Duration.ofMillis(1)))) {
            assertThat(screen.width()).isEqualTo(8);
            assertThat(screen.capture().getWidth()).isEqualTo(32);
            assertThat(screen.height()).isEqualTo(16);
        }
    }

    @Test
    void aScreenThatGrowsWhileItIsLookedAtIsSaidToHaveGrown() {
        fails(larger(9, 8), "changed its size");
        fails(larger(8, 9), "changed its size");
    }

    private static Picture larger(int width, int height) {
        return (out, w, h) -> {
            FakeScreen.rectangles(out, 1);
            FakeScreen.rectangle(out, 0, 0, width, height, 0);
            out.write(new byte[width * height * 4]);
        };
    }

    @Test
    void picturesThatNobodyKnowsAreNotTakenForAny() {
        fails((out, width, height) -> out.write(new byte[] {77, 1, 2, 3}), "unknown kind 77");
        fails((out, width, height) -> {
            FakeScreen.rectangles(out, 1);
            FakeScreen.rectangle(out, 0, 0, width, height, 16);
        }, "unknown encoding 16");
        fails(packed(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}), "not packed as it says");
        fails(packed(new byte[0]), "less of a picture");
        fails((out, width, height) -> out.write(new byte[] {3, 0, 0, 0, 127, 0, 0, 0}), "a text of 2130706432 bytes");
    }

    private static Picture packed(byte[] bytes) {
        return (out, width, height) -> {
            FakeScreen.rectangles(out, 1);
            FakeScreen.rectangle(out, 0, 0, width, height, 6);
            out.writeInt(bytes.length);
            out.write(bytes);
        };
    }

    @Test
    void aScreenThatShowsNothingIsNotWaitedForForEver() {
        var silent = new FakeScreen(8, 8, (out, width, height) -> out.write(new byte[] {2}));
        assertThatThrownBy(() -> new RfbScreen(FakeScreen.CAPABILITY, capability -> silent, Duration.ofSeconds(1), List.of()))
                .isInstanceOf(RfbException.class).hasMessageContaining("the screen did not answer for 1 seconds");
    }

    @Test
    void aScreenOfMorePixelsThanAnyIsNotLookedAt() {
        assertThatThrownBy(() -> once(capability -> new FakeScreen(65535, 65535, FakeScreen.GREY)))
                .isInstanceOf(RfbException.class).hasMessageContaining("65535 by 65535");
    }

    @Test
    void whatGreetsOtherwiseIsNoScreen() {
        assertThatThrownBy(() -> once(capability -> saying("SSH-2.0-x\r\nx")))
                .isInstanceOf(RfbException.class).hasMessageContaining("'screen'").hasMessageContaining("no VNC server");
        assertThatThrownBy(() -> once(capability -> saying("RFB 003.008\n\0\0\0\0\6closed")))
                .isInstanceOf(RfbException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> once(capability -> saying("RFB 003.008\n\1\2")))
                .isInstanceOf(RfbException.class).hasMessageContaining("wants a password");
        assertThatThrownBy(() -> once(capability -> saying("RFB 003.008\n\1\36")))
                .isInstanceOf(RfbException.class).hasMessageContaining("[30]");
        assertThatThrownBy(() -> once(capability -> {
                    throw new IOException("nobody there");
                }))
                .isInstanceOf(RfbException.class).hasMessageContaining("nobody there");
    }

    @Test
    void anInterruptEndsTheWaitForAPicture() throws Exception {
        var asked = new CountDownLatch(2);
        var screen = new FakeScreen(8, 8, (out, width, height) -> {
            asked.countDown();
            if (asked.getCount() > 0) {
                FakeScreen.GREY.write(out, width, height);
            } else {
                out.write(new byte[] {2});
            }
        });
        var thrown = new AtomicReference<Throwable>();
        var looking = Thread.ofVirtual().start(() -> {
            try (var connected = RfbScreen.connect(FakeScreen.CAPABILITY, capability -> screen)) {
                connected.capture();
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        asked.await();
        looking.interrupt();
        looking.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    /** Tried once, and not for long. */
    private static RfbScreen once(CapabilityRoute route) throws Exception {
        return new RfbScreen(FakeScreen.CAPABILITY, route, PATIENCE, List.of());
    }

    private static void fails(Picture picture, String message) {
        assertThatThrownBy(() -> once(capability -> new FakeScreen(8, 8, picture)))
                .isInstanceOf(RfbException.class)
                .hasMessageContaining(message);
    }

    private static Socket saying(String words) {
        return new Socket() {
            @Override
            public InputStream getInputStream() {
                return new ByteArrayInputStream(words.getBytes(StandardCharsets.ISO_8859_1));
            }

            @Override
            public DataOutputStream getOutputStream() {
                return new DataOutputStream(new ByteArrayOutputStream());
            }
        };
    }
}
