// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import com.luciad.imageio.webp.WebPImageWriterSpi;
import com.luciad.imageio.webp.WebPWriteParam;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How a picture of the screen is written.
 *
 * @param mimeType {@code image/png} or {@code image/webp}
 * @param quality of WebP, 0 to 100; PNG keeps every pixel
 */
public record ScreenshotEncoding(String mimeType, int quality) {

    private static final String WEBP_TYPE = "image/webp";
    private static final int USUAL_QUALITY = 85;

    /** Encoders take several times a picture's own memory, and all runs share one. */
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    public static final ScreenshotEncoding PNG = new ScreenshotEncoding("image/png", 100);
    public static final ScreenshotEncoding WEBP = new ScreenshotEncoding(WEBP_TYPE, USUAL_QUALITY);

    /**
     * Reads an agent's {@code screenshot_encoding}.
     *
     * @param value an object with {@code mime_type} and, for WebP, {@code quality} (85); null or missing: the agent's own way
     * @throws IllegalArgumentException if it is anything else
     */
    public static ScreenshotEncoding of(@Nullable JsonNode value, ScreenshotEncoding otherwise) {
        if (value == null || value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        return switch (value.path("mime_type").asString("")) {
            case "image/png" -> PNG;
            case WEBP_TYPE -> new ScreenshotEncoding(WEBP_TYPE, quality(value.path("quality")));
            default -> throw new IllegalArgumentException("screenshot_encoding.mime_type must be image/png or image/webp");
        };
    }

    private static int quality(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return USUAL_QUALITY;
        }
        if (!value.isIntegralNumber() || value.asInt(-1) < 0 || value.asInt(-1) > 100) {
            throw new IllegalArgumentException("screenshot_encoding.quality must be an integer from 0 to 100");
        }
        return value.intValue();
    }

    /** @throws RfbException if this machine cannot write such a picture: the WebP library is native and is not there for all of them */
    public byte[] encode(BufferedImage picture) throws RfbException {
        ONE_AT_A_TIME.lock();
        var bytes = new ByteArrayOutputStream();
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            if (mimeType.equals(WEBP_TYPE)) {
                writeWebP(picture, out);
            } else {
                ImageIO.write(picture, "png", out);
            }
        } catch (IOException | LinkageError e) {
            throw new RfbException("the screen cannot be written as " + mimeType + " here: " + e.getMessage(), e);
        } finally {
            ONE_AT_A_TIME.unlock();
        }
        return bytes.toByteArray();
    }

    private void writeWebP(BufferedImage picture, MemoryCacheImageOutputStream out) throws IOException {
        var writer = new WebPImageWriterSpi().createWriterInstance(null);
        try {
            var how = new WebPWriteParam(null);
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionType("Lossy");
            how.setCompressionQuality(quality / 100f);
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), how);
        } finally {
            writer.dispose();
        }
    }
}
