// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.protocol.step.RobotStep.VideoSegment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jcodec.codecs.h264.H264Decoder;
import org.jcodec.codecs.h264.H264Utils;
import org.jcodec.codecs.h264.mp4.AvcCBox;
import org.jcodec.common.model.ColorSpace;
import org.jcodec.common.model.Picture;
import org.junit.jupiter.api.Test;

/** Played by another program in S50. */
class FilmsTests {

    private final List<VideoSegment> told = new CopyOnWriteArrayList<>();

    @Test
    void aCamerasPicturesBecomePiecesOfTwoSecondsThatAreOneFile() throws IOException {
        try (var films = new Films(2, told::add)) {
            for (int tick = 0; tick < 9; tick++) {
                films.take(tick, Map.of("front", grey(32, 33, 40 + 20 * tick), "state", NdArray.floats(new double[] {1}, 1)));
            }
        }

        assertThat(told).extracting(VideoSegment::index).containsExactly(0, 1, 2, 3);
        assertThat(told).allSatisfy(piece -> {
            assertThat(piece.camera()).isEqualTo("front");
            assertThat(piece.fps()).isEqualTo(2);
            assertThat(piece.segment().get("mimeType").stringValue()).isEqualTo("video/mp4");
        });
        assertThat(boxes(0).keySet()).containsExactly("ftyp", "moov");
        assertThat(boxes(1).keySet()).containsExactly("moof", "mdat");
        assertThat(new String(bytes(0), StandardCharsets.ISO_8859_1)).contains("avc1", "avcC\1\u004d\u0040\u001e");
        assertThat(brightness()).hasSize(9).satisfies(all -> {
            for (int tick = 0; tick < 9; tick++) {
                assertThat(all.get(tick)).as("picture %s", tick).isBetween(expected(tick) - 4, expected(tick) + 4);
            }
        });
    }

    private static double expected(int tick) {
        return (40 + 20 * tick) * 219 / 255.0 + 16;
    }

    @Test
    void whatIsNoPictureOrTooSmallOrChangesItsSizeIsNotFilmed() throws IOException {
        try (var films = new Films(10, told::add)) {
            films.take(0, Map.of("point", grey(1, 1, 0), "changing", grey(16, 16, 10),
                    "table", new NdArray("<f4", new int[] {2, 2}, new byte[16])));
            films.take(1, Map.of("changing", grey(32, 32, 10)));
            films.take(2, Map.of("changing", grey(16, 16, 10)));
        }

        assertThat(told).extracting(VideoSegment::camera).containsOnly("changing");
        assertThat(told).hasSize(1); // its beginning: the rest was given up
    }

    @Test
    void aPictureStaysAtItsTickWhateverPicturesWereLostBeforeIt() throws IOException {
        try (var films = new Films(2, told::add)) {
            for (int tick : List.of(0, 1, 4, 5, 9)) {
                films.take(tick, Map.of("front", grey(16, 16, 10)));
            }
            assertThat(films.lost()).isZero();
        }

        assertThat(shownAt(1)).containsExactly(0, 1, 4, 5);
        assertThat(shownAt(2)).containsExactly(9);
    }

    @Test
    void picturesThatThereIsNoRoomForAreCounted() throws IOException {
        var large = new NdArray("|u1", new int[] {1, 1 << 24, 1}, new byte[1 << 24]);
        try (var films = new Films(10, told::add)) {
            films.take(0, Map.of("a", large, "b", large, "c", large, "d", large, "e", large)); // more than may wait
            films.take(1, Map.of("a", grey(16, 16, 10)));
            assertThat(films.lost()).isEqualTo(5);
        }
        assertThat(shownAt(1)).containsExactly(1);
    }

    @Test
    void aPieceIsToldBeforeItsTimeWhereItIsLargeAndTheNextBeginsWithAWholePicture() throws IOException {
        try (var films = new Films(10_000, told::add)) {
            for (int tick = 0; tick < 12; tick++) {
                films.take(tick, Map.of("front", noise(512, 512, tick)));
            }
        }

        assertThat(told).hasSizeGreaterThan(2);
        assertThat(told).extracting(VideoSegment::fps).containsOnly(60);
        assertThat(IntStream.range(1, told.size()).flatMap(piece -> shownAt(piece).stream().mapToInt(tick -> tick)))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        for (int piece = 1; piece < told.size(); piece++) {
            assertThat(boxes(piece).get("mdat").get(4) & 0x1f).as("the first unit of piece %s", piece).isEqualTo(5);
        }
    }

    @Test
    void noMorePointsAreFilmedThanFourCamerasOfFullHdHave() throws IOException {
        var large = new NdArray("|u1", new int[] {2048, 2048, 1}, new byte[1 << 22]);
        var cameras = new LinkedHashMap<String, NdArray>();
        List.of("a", "b", "c").forEach(name -> cameras.put(name, large));
        try (var films = new Films(10, told::add)) {
            films.take(0, new LinkedHashMap<>(cameras));
        }

        assertThat(told.stream().map(VideoSegment::camera).distinct()).hasSize(2);
    }

    /** The ticks of a piece's pictures. */
    private List<Integer> shownAt(int piece) {
        var bytes = ByteBuffer.wrap(bytes(piece));
        var text = new String(bytes.array(), StandardCharsets.ISO_8859_1);
        int at = (int) bytes.getLong(text.indexOf("tfdt") + 8);
        int run = text.indexOf("trun");
        var ticks = new ArrayList<Integer>();
        for (int i = 0; i < bytes.getInt(run + 8); i++) {
            ticks.add(at);
            at += bytes.getInt(run + 20 + 8 * i);
        }
        return ticks;
    }

    private static NdArray noise(int height, int width, long seed) throws IOException {
        var data = new byte[height * width * 3];
        new Random(seed).nextBytes(data);
        return NdArray.of("|u1", new int[] {height, width, 3}, data);
    }

    private static NdArray grey(int height, int width, int level) throws IOException {
        var data = new byte[height * width * 3];
        Arrays.fill(data, (byte) level);
        return NdArray.of("|u1", new int[] {height, width, 3}, data);
    }

    /** Of each picture, in its middle, as a decoder sees it. */
    private List<Double> brightness() {
        var movie = new String(bytes(0), StandardCharsets.ISO_8859_1);
        int at = movie.indexOf("avcC") + 4;
        var avcC = AvcCBox.parseAvcCBox(ByteBuffer.wrap(bytes(0), at, bytes(0).length - at).slice());
        var decoder = H264Decoder.createH264DecoderFromCodecPrivate(H264Utils.avcCToAnnexB(avcC));
        var found = new ArrayList<Double>();
        for (int piece = 1; piece < told.size(); piece++) {
            var data = boxes(piece).get("mdat");
            while (data.hasRemaining()) {
                int length = data.getInt();
                var unit = ByteBuffer.allocate(length + 4).putInt(1).put(data.slice(data.position(), length)).flip();
                data.position(data.position() + length);
                var picture = decoder.decodeFrame(unit, Picture.create(48, 48, ColorSpace.YUV420J).getData());
                found.add(picture.getPlaneData(0)[picture.getPlaneWidth(0) * 16 + 16] + 128.0);
            }
        }
        return found;
    }

    private byte[] bytes(int piece) {
        return Base64.getDecoder().decode(told.get(piece).segment().get("data").stringValue());
    }

    private Map<String, ByteBuffer> boxes(int piece) {
        var boxes = new LinkedHashMap<String, ByteBuffer>();
        var bytes = ByteBuffer.wrap(bytes(piece));
        while (bytes.hasRemaining()) {
            int at = bytes.position();
            int length = bytes.getInt(at);
            boxes.put(new String(bytes.array(), at + 4, 4, StandardCharsets.US_ASCII), bytes.slice(at + 8, length - 8));
            bytes.position(at + length);
        }
        return boxes;
    }
}
