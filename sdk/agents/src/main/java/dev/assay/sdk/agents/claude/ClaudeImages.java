// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import tools.jackson.databind.node.ObjectNode;

/** Images of tools as Claude takes them: not too large, upright, and encoded anew, so that nothing but an image reaches the provider. */
final class ClaudeImages {

    private static final double LONGEST_EDGE = 1568;
    private static final double MOST_PIXELS = 1_150_000;
    private static final int MOST_CHARACTERS = 5_000_000;
    private static final float JPEG_QUALITY = 0.85f;

    /** One at a time: a file of a hundred kilobytes may be a picture of a hundred megabytes. */
    private static final Semaphore ROOM = new Semaphore(1);

    private ClaudeImages() {}

    /**
     * Base64 with line breaks is Base64, too.
     *
     * @throws UnreadableImageException if it is no image, or too large a one
     */
    static ObjectNode source(String base64) throws UnreadableImageException, InterruptedException {
        ROOM.acquire();
        try {
            var bytes = Base64.getMimeDecoder().decode(base64);
            var image = Upright.turned(scaled(ImageDecoder.read(bytes)), Upright.orientation(bytes));
            var png = base64(image, "png");
            return png.length() <= MOST_CHARACTERS
                    ? ToolResults.source("image/png", png)
                    : ToolResults.source("image/jpeg", Base64.getEncoder().encodeToString(jpeg(image)));
        } catch (UnreadableImageException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new UnreadableImageException("cannot identify image file");
        } finally {
            ROOM.release();
        }
    }

    private static BufferedImage scaled(BufferedImage image) {
        var width = image.getWidth();
        var height = image.getHeight();
        var scale = Math.min(1, Math.min(
                LONGEST_EDGE / Math.max(width, height), Math.sqrt(MOST_PIXELS / ((double) width * height))));
        var x = Math.max(1, (int) (width * scale));
        var y = Math.max(1, (int) (height * scale));
        if (x >= width && y >= height) {
            return copy(image);
        }
        var aspect = (double) width / height;
        if ((double) x / y >= aspect) {
            x = nearest(y * aspect, aspect, true, y);
        } else {
            y = nearest(x / aspect, aspect, false, x);
        }
        return Lanczos.scaled(image, x, y);
    }

    /** Of the two whole numbers around it that which keeps the sides' ratio better. */
    private static int nearest(double side, double aspect, boolean isWidth, int other) {
        var low = Math.floor(side);
        var high = Math.ceil(side);
        return (int) Math.max(1, off(low, aspect, isWidth, other) <= off(high, aspect, isWidth, other) ? low : high);
    }

    private static double off(double side, double aspect, boolean isWidth, int other) {
        return side == 0 ? 0 : Math.abs(aspect - (isWidth ? side / other : other / side));
    }

    private static BufferedImage copy(BufferedImage image) {
        var copy = new BufferedImage(image.getWidth(), image.getHeight(), Lanczos.type(image));
        var row = new int[image.getWidth()];
        for (var y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            copy.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
        return copy;
    }

    private static String base64(BufferedImage image, String format) throws IOException {
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, format, bytes);
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static byte[] jpeg(BufferedImage image) throws IOException {
        var opaque = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        var canvas = opaque.createGraphics();
        canvas.drawImage(image, 0, 0, Color.WHITE, null);
        canvas.dispose();
        var bytes = new ByteArrayOutputStream();
        var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (var output = ImageIO.createImageOutputStream(bytes)) {
            var how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionQuality(JPEG_QUALITY);
            writer.setOutput(output);
            writer.write(null, new IIOImage(opaque, null, null), how);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
