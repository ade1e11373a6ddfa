// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.protocol.Json;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ScreenshotEncodingTests {

    private final BufferedImage noise = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);

    ScreenshotEncodingTests() {
        var random = new Random(1);
        for (int i = 0; i < 64 * 48; i++) {
            noise.setRGB(i % 64, i / 64, random.nextInt(1 << 24));
        }
    }

    @Test
    void pngKeepsEveryPixel() throws Exception {
        var read = ImageIO.read(new ByteArrayInputStream(ScreenshotEncoding.PNG.encode(noise)));
        assertThat(read.getRGB(0, 0, 64, 48, null, 0, 64)).isEqualTo(noise.getRGB(0, 0, 64, 48, null, 0, 64));
    }

    @Test
    void webPIsAsGoodAsItIsAskedFor() throws Exception {
        var good = encoding("{'mime_type': 'image/webp', 'quality': 100}").encode(noise);
        var usual = encoding("{'mime_type': 'image/webp'}").encode(noise);
        var poor = encoding("{'mime_type': 'image/webp', 'quality': 0}").encode(noise);
        assertThat(good.length).isGreaterThan(usual.length);
        assertThat(usual.length).isGreaterThan(poor.length);
        assertThat(usual).isEqualTo(ScreenshotEncoding.WEBP.encode(noise));
        assertThat(ImageIO.read(new ByteArrayInputStream(usual)).getHeight()).isEqualTo(48);
    }

    @Test
    void whatIsNoEncodingIsRefusedByName() {
        assertThat(encoding("null")).isEqualTo(ScreenshotEncoding.PNG);
        assertThatThrownBy(() -> encoding("{'mime_type': 'image/gif'}")).hasMessageContaining("screenshot_encoding.mime_type");
        assertThatThrownBy(() -> encoding("{}")).hasMessageContaining("screenshot_encoding.mime_type");
        for (var quality : new String[] {"101", "-1", "1.5", "'5'"}) {
            assertThatThrownBy(() -> encoding("{'mime_type': 'image/webp', 'quality': " + quality + "}"))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("screenshot_encoding.quality");
        }
    }

    private static ScreenshotEncoding encoding(String json) {
        return ScreenshotEncoding.of(Json.MAPPER.readTree(json.replace('\'', '"')), ScreenshotEncoding.PNG);
    }
}
