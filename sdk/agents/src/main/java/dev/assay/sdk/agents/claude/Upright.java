// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Turns a photograph as its camera says it was held. */
final class Upright {

    private static final int AS_IT_IS = 1;
    private static final int EXIF = 0xffe1;
    private static final int SCAN = 0xffda;
    private static final int ORIENTATION = 0x0112;

    private Upright() {}

    /** From 1, as it is, to 8; 1 too for what says nothing, or nothing that makes sense. */
    static int orientation(byte[] bytes) {
        try {
            var data = ByteBuffer.wrap(bytes);
            if ((data.getShort(0) & 0xffff) != 0xffd8) {
                return AS_IT_IS;
            }
            for (var at = 2; (data.getShort(at) & 0xffff) != SCAN; at += 2 + (data.getShort(at + 2) & 0xffff)) {
                if ((data.getShort(at) & 0xffff) == EXIF && data.getInt(at + 4) == 0x45786966) {
                    return inDirectory(data.slice(at + 10, data.capacity() - at - 10));
                }
            }
        } catch (IndexOutOfBoundsException e) {
            // what is cut off says nothing
        }
        return AS_IT_IS;
    }

    private static int inDirectory(ByteBuffer tiff) {
        tiff.order(tiff.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        var directory = tiff.getInt(4);
        var entries = tiff.getShort(directory) & 0xffff;
        for (var i = 0; i < entries; i++) {
            var entry = directory + 2 + 12 * i;
            if ((tiff.getShort(entry) & 0xffff) == ORIENTATION) {
                var said = tiff.getShort(entry + 8) & 0xffff;
                return said >= 1 && said <= 8 ? said : AS_IT_IS;
            }
        }
        return AS_IT_IS;
    }

    static BufferedImage turned(BufferedImage image, int orientation) {
        if (orientation == AS_IT_IS) {
            return image;
        }
        var width = image.getWidth();
        var height = image.getHeight();
        var lies = orientation >= 5;
        var turned = new BufferedImage(lies ? height : width, lies ? width : height, image.getType());
        for (var y = 0; y < height; y++) {
            for (var x = 0; x < width; x++) {
                var left = width - 1 - x;
                var up = height - 1 - y;
                var pixel = image.getRGB(x, y);
                switch (orientation) {
                    case 2 -> turned.setRGB(left, y, pixel);
                    case 3 -> turned.setRGB(left, up, pixel);
                    case 4 -> turned.setRGB(x, up, pixel);
                    case 5 -> turned.setRGB(y, x, pixel);
                    case 6 -> turned.setRGB(up, x, pixel);
                    case 7 -> turned.setRGB(up, left, pixel);
                    default -> turned.setRGB(y, left, pixel);
                }
            }
        }
        return turned;
    }
}
