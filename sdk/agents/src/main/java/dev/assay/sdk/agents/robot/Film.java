// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jcodec.codecs.h264.H264Encoder;
import org.jcodec.codecs.h264.H264Utils;
import org.jcodec.codecs.h264.io.model.SliceType;
import org.jcodec.common.model.ColorSpace;
import org.jcodec.common.model.Picture;

/**
 * One camera's film: H.264 in pieces of two seconds, or less where that is large, each of which begins with a whole picture. Not for
 * several threads.
 */
final class Film {

    private static final int SECONDS_A_PIECE = 2;

    /** At how many bytes a piece is told that has not its two seconds yet. */
    private static final int LARGE = 1 << 20;

    private static final int SEQUENCE = 7;
    private static final int PICTURES = 8;

    /** A picture takes less than it does as it comes; and the largest header. */
    private static final int ROOM = 1 << 16;

    private final int width;
    private final int height;
    private final Piece pieces;
    private final int picturesAPiece;
    private final H264Encoder encoder = H264Encoder.createH264Encoder();
    private final FragmentedMp4 file;
    private final List<byte[]> waiting = new ArrayList<>();
    private final List<Integer> ticks = new ArrayList<>();
    private long bytes;
    private int told;

    /**
     * @param like pictures of that size are filmed; of an odd one all but its last row or column
     * @param pieces told of each, with its index
     */
    Film(NdArray like, int fps, Piece pieces) {
        this.height = like.shape()[0] & ~1;
        this.width = like.shape()[1] & ~1;
        this.pieces = pieces;
        this.picturesAPiece = fps * SECONDS_A_PIECE;
        encoder.setKeyInterval(picturesAPiece);
        this.file = new FragmentedMp4(width, height, fps);
    }

    /** Told of one piece. */
    interface Piece {
        void of(int index, byte[] bytes);
    }

    /** How many points each of its pictures has. */
    int points() {
        return width * height;
    }

    /**
     * @param tick at which it was seen, later than those before
     * @throws IllegalArgumentException if it has another size than those before
     */
    void add(int tick, NdArray picture) {
        if (!picture.isPicture() || (picture.shape()[0] & ~1) != height || (picture.shape()[1] & ~1) != width) {
            throw new IllegalArgumentException("a camera whose pictures change their size");
        }
        if (waiting.size() == picturesAPiece || bytes >= LARGE) {
            tell(tick);
        }
        boolean whole = waiting.isEmpty();
        var encoded = encoder.doEncodeFrame(
                yuv(picture), ByteBuffer.allocate(width * height * 3 + ROOM), whole, waiting.size(), whole ? SliceType.I : SliceType.P);
        var slices = new ArrayList<byte[]>();
        byte[] sequence = null;
        byte[] pictures = null;
        for (var unit : H264Utils.splitFrame(encoded)) {
            var bytes = new byte[unit.remaining()];
            unit.get(bytes);
            switch (bytes[0] & 0x1f) {
                case SEQUENCE -> sequence = bytes;
                case PICTURES -> pictures = bytes;
                default -> slices.add(bytes);
            }
        }
        if (told == 0) {
            pieces.of(told++, file.beginning(mainProfile(sequence), pictures));
        }
        waiting.add(FragmentedMp4.sample(slices));
        bytes += waiting.getLast().length;
        ticks.add(tick);
    }

    /** What the encoder makes is of the main profile too, level 3.0: players of the published client's films expect {@code avc1.4d401e}. */
    private static byte[] mainProfile(byte[] sequence) {
        sequence[1] = 0x4d;
        sequence[2] = 0x40;
        sequence[3] = 0x1e;
        return sequence;
    }

    /** @param next when the picture is seen that follows the last one */
    private void tell(int next) {
        ticks.add(next);
        pieces.of(told, file.piece(told, ticks, waiting));
        told++;
        waiting.clear();
        ticks.clear();
        bytes = 0;
    }

    /** The last piece. */
    void end() {
        if (!waiting.isEmpty()) {
            tell(ticks.getLast() + 1);
        }
    }

    /** Brightness for each point, colour for each four, in the ranges of television (BT.601), as bytes around zero. */
    private Picture yuv(NdArray picture) {
        var yuv = Picture.create(width, height, ColorSpace.YUV420J);
        int colours = picture.shape()[2];
        int row = picture.shape()[1] * colours;
        byte[] brightness = yuv.getPlaneData(0);
        byte[] blue = yuv.getPlaneData(1);
        byte[] red = yuv.getPlaneData(2);
        for (int y = 0; y < height; y += 2) {
            for (int x = 0; x < width; x += 2) {
                int r4 = 0;
                int g4 = 0;
                int b4 = 0;
                for (int corner = 0; corner < 4; corner++) {
                    int place = (y + corner / 2) * row + (x + corner % 2) * colours;
                    int r = level(picture, place);
                    int g = colours == 1 ? r : level(picture, place + 1);
                    int b = colours == 1 ? r : level(picture, place + 2);
                    brightness[(y + corner / 2) * width + x + corner % 2] = (byte) ((66 * r + 129 * g + 25 * b + 128 >> 8) + 16 - 128);
                    r4 += r;
                    g4 += g;
                    b4 += b;
                }
                int at = y / 2 * (width / 2) + x / 2;
                blue[at] = (byte) (-38 * r4 - 74 * g4 + 112 * b4 + 512 >> 10);
                red[at] = (byte) (112 * r4 - 94 * g4 - 18 * b4 + 512 >> 10);
            }
        }
        return yuv;
    }

    /** From 0 to 255, whatever kind of number it is kept as. */
    private static int level(NdArray picture, int place) {
        if (picture.isBytes()) {
            return picture.data()[place] & 0xff;
        }
        var level = picture.at(place);
        return level >= 255 ? 255 : level > 0 ? (int) level : 0;
    }
}
