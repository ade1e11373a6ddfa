// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import java.awt.image.BufferedImage;

/** Makes an image smaller so that text in it stays legible: a window of three lobes, first along the rows, then down the columns. */
final class Lanczos {

    private static final double LOBES = 3;

    private Lanczos() {}

    static int type(BufferedImage image) {
        return image.getColorModel().hasAlpha() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    }

    static BufferedImage scaled(BufferedImage image, int width, int height) {
        var across = weights(image.getWidth(), width);
        var narrow = new int[image.getHeight()][];
        var row = new int[image.getWidth()];
        for (var y = 0; y < narrow.length; y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            narrow[y] = new int[width];
            for (var x = 0; x < width; x++) {
                narrow[y][x] = mixed(across[x], row);
            }
        }
        var down = weights(image.getHeight(), height);
        var scaled = new BufferedImage(width, height, type(image));
        var column = new int[image.getHeight()];
        for (var x = 0; x < width; x++) {
            for (var y = 0; y < column.length; y++) {
                column[y] = narrow[y][x];
            }
            for (var y = 0; y < height; y++) {
                scaled.setRGB(x, y, mixed(down[y], column));
            }
        }
        return scaled;
    }

    /** The pixels from {@code first} on that one new pixel is made of, and how much of each. */
    private record Window(int first, double[] shares) {}

    private static Window[] weights(int from, int to) {
        var scale = Math.max(1, (double) from / to);
        var windows = new Window[to];
        for (var i = 0; i < to; i++) {
            var center = (i + 0.5) * from / to;
            var first = (int) Math.max(0, Math.floor(center - LOBES * scale));
            var last = (int) Math.min(from, Math.ceil(center + LOBES * scale));
            var shares = new double[last - first];
            var sum = 0.0;
            for (var k = 0; k < shares.length; k++) {
                shares[k] = window((first + k + 0.5 - center) / scale);
                sum += shares[k];
            }
            for (var k = 0; k < shares.length; k++) {
                shares[k] /= sum;
            }
            windows[i] = new Window(first, shares);
        }
        return windows;
    }

    private static double window(double x) {
        return x == 0 ? 1 : Math.abs(x) >= LOBES ? 0 : sinc(x) * sinc(x / LOBES);
    }

    private static double sinc(double x) {
        return Math.sin(Math.PI * x) / (Math.PI * x);
    }

    /** What is more transparent counts less for the colour. */
    private static int mixed(Window window, int[] pixels) {
        double alpha = 0;
        double red = 0;
        double green = 0;
        double blue = 0;
        for (var k = 0; k < window.shares().length; k++) {
            var pixel = pixels[window.first() + k];
            var share = window.shares()[k] * (pixel >>> 24);
            alpha += share;
            red += share * (pixel >> 16 & 0xff);
            green += share * (pixel >> 8 & 0xff);
            blue += share * (pixel & 0xff);
        }
        return alpha <= 0 ? 0 : level(alpha) << 24 | level(red / alpha) << 16 | level(green / alpha) << 8 | level(blue / alpha);
    }

    private static int level(double value) {
        return (int) Math.clamp(Math.round(value), 0, 255);
    }
}
