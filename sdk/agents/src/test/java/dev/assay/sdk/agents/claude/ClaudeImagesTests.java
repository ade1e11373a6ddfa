// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.agents.rfb.ScreenshotEncoding;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaudeImagesTests {

    /** The sizes are those that Pillow's {@code thumbnail} comes to. */
    @ParameterizedTest
    @CsvSource({"100, 50, 100, 50", "2000, 900, 1567, 705", "3000, 1000, 1566, 522", "1200, 1200, 1072, 1072", "5000, 3, 1568, 1"})
    void aLargeImageIsMadeSmaller(int width, int height, int newWidth, int newHeight) throws Exception {
        var shown = shown(png(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB)));

        assertThat(shown.getWidth()).isEqualTo(newWidth);
        assertThat(shown.getHeight()).isEqualTo(newHeight);
    }

    @Test
    void onlyWhatIsTransparentStaysSo() throws Exception {
        var seeThrough = new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB);

        assertThat(shown(png(seeThrough)).getColorModel().hasAlpha()).isTrue();
        assertThat(shown(png(new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB))).getColorModel().hasAlpha()).isFalse();
    }

    @Test
    void aPlainColourStaysThatColourWhenItIsMadeSmaller() throws Exception {
        var red = new BufferedImage(1700, 400, BufferedImage.TYPE_INT_RGB);
        for (var y = 0; y < 400; y++) {
            for (var x = 0; x < 1700; x++) {
                red.setRGB(x, y, 0xc81e1e);
            }
        }

        var shown = shown(png(red));

        assertThat(shown.getRGB(0, 0) & 0xffffff).isEqualTo(0xc81e1e);
        assertThat(shown.getRGB(700, 300) & 0xffffff).isEqualTo(0xc81e1e);
    }

    @Test
    void whatIsTooHeavyAsPngIsSentAsJpeg() throws Exception {
        var noise = new BufferedImage(1060, 1060, BufferedImage.TYPE_INT_ARGB);
        var random = new Random(1);
        for (var y = 0; y < 1060; y++) {
            for (var x = 0; x < 1060; x++) {
                noise.setRGB(x, y, random.nextInt());
            }
        }

        var source = ClaudeImages.source(png(noise));

        assertThat(source.path("media_type").stringValue()).isEqualTo("image/jpeg");
        assertThat(source.path("data").stringValue()).hasSizeLessThan(5_000_000);
    }

    @Test
    void whatIsNoImageSaysSo() {
        assertThatThrownBy(() -> ClaudeImages.source("bm90IGFuIGltYWdl")).hasMessage("cannot identify image file");
        assertThatThrownBy(() -> ClaudeImages.source("%%%")).hasMessage("cannot identify image file");
    }

    @Test
    void anImageOfTooManyPixelsIsNotEvenDecoded() throws Exception {
        var wide = png(new BufferedImage(16_001, 1000, BufferedImage.TYPE_BYTE_BINARY));

        assertThatThrownBy(() -> ClaudeImages.source(wide)).hasMessageStartingWith("it has more than 16,000,000 pixels");
    }

    @Test
    void aWebPPictureIsRead() throws Exception {
        var red = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        for (var i = 0; i < 64 * 48; i++) {
            red.setRGB(i % 64, i / 64, 0xc81e1e);
        }

        var shown = shown(Base64.getEncoder().encodeToString(ScreenshotEncoding.WEBP.encode(red)));

        assertThat(shown.getWidth()).isEqualTo(64);
        assertThat(shown.getHeight()).isEqualTo(48);
        assertThat(shown.getRGB(20, 20) >> 16 & 0xff).isBetween(190, 210);
        assertThat(shown.getRGB(20, 20) & 0xff).isBetween(20, 40);
    }

    /** There is a native reader of WebP on the path, too. */
    @Test
    void noNativeLibraryReadsWhatStrangersMade() {
        assertThat(ImageDecoder.READERS).extracting(reader -> reader.getClass().getName())
                .contains("com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi")
                .allMatch(name -> name.startsWith("com.sun.imageio.") || name.startsWith("com.twelvemonkeys."));
    }

    /** The file says one pixel, the picture within it 16383 by 16383. */
    @ParameterizedTest
    @CsvSource({"VP8 , 0000009d012aff3fff3f", "VP8L, 2fffffff0f0000000000", "ANMF, framed"})
    void aWebPFileThatHidesItsSizeIsNotEvenDecoded(String chunk, String data) {
        var picture = data.equals("framed") ? "00".repeat(16) + "56503820" + "0a000000" + "0000009d012aff3fff3f" : data;
        var length = HexFormat.of().toHexDigits((byte) (picture.length() / 2)) + "000000";
        var file = "52494646" + "64000000" + "57454250" + "56503858" + "0a000000" + "00000000000000000000"
                + HexFormat.of().formatHex((chunk + " ").substring(0, 4).getBytes(StandardCharsets.US_ASCII)) + length + picture;

        assertThatThrownBy(() -> ClaudeImages.source(Base64.getEncoder().encodeToString(HexFormat.of().parseHex(file))))
                .hasMessageStartingWith("it has more than 16,000,000 pixels");
    }

    @Test
    void base64WithLineBreaksIsRead() throws Exception {
        var bytes = encoded(new BufferedImage(200, 100, BufferedImage.TYPE_INT_RGB), "png");

        assertThat(shown(Base64.getMimeEncoder().encodeToString(bytes)).getWidth()).isEqualTo(200);
    }

    /** A JPEG of two pixels, the left one dark, whose camera was held as the number says. */
    @ParameterizedTest
    @CsvSource({"1, 2, 1, true", "2, 2, 1, false", "3, 2, 1, false", "6, 1, 2, true", "8, 1, 2, false"})
    void aPhotographIsTurnedAsItsCameraSays(int orientation, int width, int height, boolean darkFirst) throws Exception {
        var two = new BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB);
        for (var y = 0; y < 8; y++) {
            for (var x = 8; x < 16; x++) {
                two.setRGB(x, y, 0xffffff);
            }
        }

        var shown = shown(Base64.getEncoder().encodeToString(withOrientation(jpeg(two), orientation)));

        assertThat(shown.getWidth()).isEqualTo(8 * width);
        assertThat(shown.getHeight()).isEqualTo(8 * height);
        assertThat((shown.getRGB(1, 1) & 0xff) < 128).isEqualTo(darkFirst);
    }

    private static byte[] withOrientation(byte[] jpeg, int orientation) {
        var exif = new byte[] {
            (byte) 0xff, (byte) 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte) orientation, 0, 0, 0, 0, 0, 0};
        var bytes = new ByteArrayOutputStream();
        bytes.write(jpeg, 0, 2);
        bytes.write(exif, 0, exif.length);
        bytes.write(jpeg, 2, jpeg.length - 2);
        return bytes.toByteArray();
    }

    private static BufferedImage shown(String base64) throws IOException, InterruptedException {
        return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(ClaudeImages.source(base64).path("data").stringValue())));
    }

    private static String png(BufferedImage image) throws IOException {
        return Base64.getEncoder().encodeToString(encoded(image, "png"));
    }

    private static byte[] jpeg(BufferedImage image) throws IOException {
        return encoded(image, "jpeg");
    }

    private static byte[] encoded(BufferedImage image, String format) throws IOException {
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, format, bytes);
        return bytes.toByteArray();
    }
}
