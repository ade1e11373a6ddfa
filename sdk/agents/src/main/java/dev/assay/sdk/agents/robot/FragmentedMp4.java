// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** The boxes of a fragmented MP4 with one H.264 track (ISO 14496-12 and -15), whose unit of time is a tick. */
final class FragmentedMp4 {

    private static final int WHOLE_PICTURE = 0x0200_0000;
    private static final int NEEDS_OTHERS = 0x0101_0000;
    private static final int[] UNITY = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000};

    private final int width;
    private final int height;
    private final int fps;

    FragmentedMp4(int width, int height, int fps) {
        this.width = width;
        this.height = height;
        this.fps = fps;
    }

    /** One picture's units, each behind its length. */
    static byte[] sample(List<byte[]> units) {
        var sample = new ByteArrayOutputStream();
        units.forEach(unit -> sample.writeBytes(join(ints(unit.length), unit)));
        return sample.toByteArray();
    }

    /** What every other piece needs: {@code ftyp} and {@code moov}. */
    byte[] beginning(byte[] sequence, byte[] pictures) {
        var avcC = box("avcC",
                new byte[] {1, sequence[1], sequence[2], sequence[3], (byte) 0xff, (byte) 0xe1}, shorts(sequence.length), sequence,
                new byte[] {1}, shorts(pictures.length), pictures);
        var entry = box("avc1",
                new byte[6], shorts(1), new byte[16], shorts(width, height), ints(0x48_0000, 0x48_0000, 0), shorts(1), new byte[32],
                shorts(24, -1), avcC);
        var table = box("stbl",
                full("stsd", 0, 0, ints(1), entry), full("stts", 0, 0, ints(0)), full("stsc", 0, 0, ints(0)),
                full("stsz", 0, 0, ints(0, 0)), full("stco", 0, 0, ints(0)));
        var media = box("mdia",
                full("mdhd", 0, 0, ints(0, 0, fps, 0), shorts(0x55c4, 0)),
                full("hdlr", 0, 0, ints(0), text("vide"), new byte[12], text("video\0")),
                box("minf",
                        full("vmhd", 0, 1, new byte[8]),
                        box("dinf", full("dref", 0, 0, ints(1), full("url ", 0, 1))),
                        table));
        var track = box("trak",
                full("tkhd", 0, 3, ints(0, 0, 1, 0, 0, 0, 0), shorts(0, 0, 0, 0), ints(UNITY), ints(width << 16, height << 16)), media);
        var movie = box("moov",
                full("mvhd", 0, 0, ints(0, 0, 1000, 0, 0x10000), shorts(0x100), new byte[10], ints(UNITY), new byte[24], ints(2)),
                track,
                box("mvex", full("trex", 0, 0, ints(1, 1, 0, 0, 0))));
        return join(box("ftyp", text("iso5"), ints(512), text("iso5iso6mp41")), movie);
    }

    /**
     * {@code moof} and {@code mdat}.
     *
     * @param index of the piece, from 1
     * @param ticks at which each picture is shown, from 0, and at which the last one's time is over
     * @param samples the pictures, of which the first needs no other
     */
    byte[] piece(int index, List<Integer> ticks, List<byte[]> samples) {
        int first = ticks.getFirst();
        var durationsAndSizes = ints(IntStream.range(0, samples.size())
                .flatMap(i -> IntStream.of(ticks.get(i + 1) - ticks.get(i), samples.get(i).length)).toArray());
        int header = moof(index, first, durationsAndSizes, samples.size(), 0).length;
        var data = new ByteArrayOutputStream();
        samples.forEach(data::writeBytes);
        return join(moof(index, first, durationsAndSizes, samples.size(), header + 8), box("mdat", data.toByteArray()));
    }

    private static byte[] moof(int index, long first, byte[] durationsAndSizes, int samples, int offset) {
        return box("moof",
                full("mfhd", 0, 0, ints(index)),
                box("traf",
                        full("tfhd", 0, 0x02_0020, ints(1, NEEDS_OTHERS)),
                        full("tfdt", 1, 0, ByteBuffer.allocate(8).putLong(first).array()),
                        full("trun", 0, 0x305, ints(samples, offset, WHOLE_PICTURE), durationsAndSizes)));
    }

    private static byte[] box(String name, byte[]... parts) {
        var body = join(parts);
        return join(ints(8 + body.length), text(name), body);
    }

    private static byte[] full(String name, int version, int flags, byte[]... parts) {
        return box(name, ints(version << 24 | flags), join(parts));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] ints(int... values) {
        var bytes = ByteBuffer.allocate(4 * values.length);
        bytes.asIntBuffer().put(values);
        return bytes.array();
    }

    private static byte[] shorts(int... values) {
        var bytes = ByteBuffer.allocate(2 * values.length);
        for (int value : values) {
            bytes.putShort((short) value);
        }
        return bytes.array();
    }

    private static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (var part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
