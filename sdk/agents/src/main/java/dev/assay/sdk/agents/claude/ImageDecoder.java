// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes images that anybody may have made. No other reader than these is ever used, whatever is on the path: the JDK's own, and one of
 * Java alone for WebP.
 */
final class ImageDecoder {

    static final List<ImageReaderSpi> READERS = Stream.concat(ofTheJdk(), Stream.of(new WebPImageReaderSpi())).toList();

    private static final long MOST_PIXELS = 16_000_000;

    private static final int RIFF = 0x46464952;
    private static final int WEBP = 0x50424557;
    private static final int LOSSY = 0x20385056;
    private static final int LOSSLESS = 0x4c385056;
    private static final int FRAME = 0x464d4e41;
    private static final int FRAME_HEADER = 16;

    private ImageDecoder() {}

    private static Stream<ImageReaderSpi> ofTheJdk() {
        Iterator<ImageReaderSpi> all = IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, true);
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(all, 0), false)
                .filter(reader -> reader.getClass().getModule() == ImageIO.class.getModule());
    }

    /**
     * The first picture of them.
     *
     * @throws UnreadableImageException if there is no reader for it, or it is too large
     * @throws IOException if it is broken
     */
    static BufferedImage read(byte[] bytes) throws IOException {
        try (var input = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            var reader = reader(input);
            try {
                reader.setInput(input);
                bound(reader.getWidth(0), reader.getHeight(0));
                boundWithin(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
                return reader.read(0);
            } finally {
                reader.dispose();
            }
        }
    }

    private static ImageReader reader(MemoryCacheImageInputStream input) throws IOException {
        for (var candidate : READERS) {
            if (candidate.canDecodeInput(input)) {
                return candidate.createReaderInstance();
            }
        }
        throw new UnreadableImageException("cannot identify image file");
    }

    private static void bound(int width, int height) throws UnreadableImageException {
        if ((long) width * height > MOST_PIXELS) {
            throw new UnreadableImageException("it has more than 16,000,000 pixels; make it smaller or look at a part of it");
        }
    }

    /** The pictures within a WebP file have sizes of their own, for which memory is taken, whatever the file's says. */
    private static void boundWithin(ByteBuffer file) throws UnreadableImageException {
        if (file.remaining() >= 12 && file.getInt(0) == RIFF && file.getInt(8) == WEBP) {
            boundChunks(file, 12);
        }
    }

    private static void boundChunks(ByteBuffer file, int from) throws UnreadableImageException {
        for (long at = from; at + 18 <= file.limit(); ) {
            var chunk = (int) at;
            var data = chunk + 8;
            switch (file.getInt(chunk)) {
                case LOSSY -> bound(file.getShort(data + 6) & 0x3fff, file.getShort(data + 8) & 0x3fff);
                case LOSSLESS -> {
                    var sizes = file.getInt(data + 1);
                    bound((sizes & 0x3fff) + 1, (sizes >>> 14 & 0x3fff) + 1);
                }
                default -> { }
            }
            var length = file.getInt(chunk + 4) & 0xffffffffL;
            // a frame's own chunks follow its header
            at = file.getInt(chunk) == FRAME ? data + FRAME_HEADER : data + length + (length & 1);
        }
    }
}
