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
import java.util.concurrent.CopyOnWriteArrayList;
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
                films.take(Map.of("front", grey(32, 33, 40 + 20 * tick), "state", NdArray.floats(new double[] {1}, 1)));
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
            films.take(Map.of("point", grey(1, 1, 0), "changing", grey(16, 16, 10),
                    "table", new NdArray("<f4", new int[] {2, 2}, new byte[16])));
            films.take(Map.of("changing", grey(32, 32, 10)));
            films.take(Map.of("changing", grey(16, 16, 10)));
        }

        assertThat(told).extracting(VideoSegment::camera).containsOnly("changing");
        assertThat(told).hasSize(1); // its beginning: the rest was given up
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
