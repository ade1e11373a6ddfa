// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Against what the published client's codec made of the same values: {@code record.py} beside {@code codec.json}. */
class PackedTests {

    private static final JsonNode RECORDED = Json.MAPPER.readTree(PackedTests.class.getResourceAsStream("/robot/codec.json"));

    static Stream<JsonNode> arrays() {
        return RECORDED.get("arrays").valueStream();
    }

    static Stream<JsonNode> scalars() {
        return RECORDED.get("scalars").valueStream();
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void anArrayIsReadAsNumpyWroteItAndWrittenByteByByteTheSame(JsonNode recorded) throws IOException {
        var array = (NdArray) Packed.unpack(packed(recorded));

        assertThat(array.dtype()).isEqualTo(recorded.get("dtype").stringValue());
        assertThat(array.shape()).isEqualTo(recorded.get("shape").valueStream().mapToInt(JsonNode::intValue).toArray());
        assertThat(array.numbers()).isEqualTo(recorded.get("values").valueStream().mapToDouble(JsonNode::doubleValue).toArray());
        assertThat(Packed.pack(array)).isEqualTo(packed(recorded));
    }

    @ParameterizedTest
    @MethodSource("scalars")
    void aNumberOfNumpysKeepsItsKind(JsonNode recorded) throws IOException {
        var number = Packed.unpack(packed(recorded));

        var value = recorded.get("value");
        assertThat(Numbers.number(number)).isEqualTo(value.isBoolean() ? 1 : value.doubleValue());
        assertThat(Packed.pack(number)).isEqualTo(packed(recorded));
    }

    @Test
    void whatIsNotNumpysIsPlainMessagePack() throws IOException {
        var value = Packed.unpack(packed(RECORDED.get("plain")));

        assertThat(Json.tree(value)).hasToString(RECORDED.at("/plain/value").toString());
        assertThat(Packed.pack(value)).isEqualTo(packed(RECORDED.get("plain")));
    }

    /** By the first bytes of MessagePack: a list of four thousand millions, a text, bytes and a map that are not there, deep lists, … */
    @ParameterizedTest
    @ValueSource(strings = {
        "", "ddffffffff", "dbffffffff61", "c6ffffffff", "dfffffffff", "c1", "0102", "d40100", "82a161", "8101c0",
        "9191919191919191919191919191919191919191919191919191919191919191919191919191919191919191919191919191"
                + "9191919191919191919191919191919191919191919191919191919191919191919191c0"})
    void whatIsNoMessageIsRefusedWithoutRoomBeingMadeForIt(String hex) {
        assertThatThrownBy(() -> Packed.unpack(HexFormat.of().parseHex(hex))).isInstanceOf(IOException.class);
    }

    @Test
    void aMessageOfMillionsOfEmptyMapsIsRefused() {
        var message = new byte[5 + (1 << 20)];
        Arrays.fill(message, (byte) 0x80);
        ByteBuffer.wrap(message).put((byte) 0xdd).putInt(1 << 20);
        assertThatThrownBy(() -> Packed.unpack(message)).isInstanceOf(IOException.class).hasMessageContaining("more than 1048576 values");
    }

    @Test
    void anArrayThatCannotBeWhatItSaysIsRefused() {
        refuses(new NdArray("<f4", new int[] {3}, new byte[8]), "8 bytes whose shape wants 12");
        refuses(new NdArray("<f8", new int[] {1 << 20, 1 << 20, 1 << 20}, new byte[8]), "cannot have the shape");
        refuses(new NdArray("<f4", new int[] {-1}, new byte[8]), "cannot have the shape");
        refuses(new NdArray("|O", new int[] {1}, new byte[8]), "'|O', which are no numbers");
        refuses(new NdArray("<U2", new int[] {1}, new byte[8]), "'<U2', which are no numbers");
    }

    private static void refuses(NdArray array, String why) {
        assertThatThrownBy(() -> Packed.unpack(Packed.pack(array))).isInstanceOf(IOException.class).hasMessageContaining(why);
    }

    @Test
    void actionsAreRowsHoweverTheyAreWritten() throws IOException {
        assertThat(Numbers.rows(List.of(List.of(1L, 2.5), List.of(3L, true)))).isEqualTo(new double[][] {{1, 2.5}, {3, 1}});
        assertThat(Numbers.rows(NdArray.floats(new double[] {1, 2, 3, 4}, 2, 2))).isEqualTo(new double[][] {{1, 2}, {3, 4}});
        assertThat(Numbers.rows(NdArray.floats(new double[] {1, 2}, 2))).isEqualTo(new double[][] {{1, 2}});
        assertThat(Numbers.rows(7L)).isEqualTo(new double[][] {{7}});
        assertThat(Numbers.rows(new NdArray("<f4", new int[] {0, 2}, new byte[0]))).isEmpty();
        for (var odd : List.of("text", Map.of(), List.of(List.of(1L), List.of(1L, 2L)), NdArray.floats(new double[1], 1, 1, 1))) {
            assertThatThrownBy(() -> Numbers.rows(odd)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void roomIsMadeForNoMoreNumbersThanAnybodySendsAndForNoRowsThatHoldNone() throws IOException {
        var endless = (NdArray) Packed.unpack(Packed.pack(new NdArray("|u1", new int[] {Integer.MAX_VALUE, 0}, new byte[0])));
        assertThatThrownBy(() -> Numbers.rows(endless)).isInstanceOf(IOException.class).hasMessage("rows that hold nothing");
        assertThatThrownBy(() -> Observation.of(Map.of("terminated", endless))).isInstanceOf(IOException.class);

        var many = new NdArray("|u1", new int[] {1, (1 << 16) + 1}, new byte[(1 << 16) + 1]);
        var lists = Collections.nCopies(2, Collections.nCopies(40_000, 1L));
        for (var value : List.of(many, lists, Collections.nCopies((1 << 16) + 1, 1L))) {
            assertThatThrownBy(() -> Numbers.rows(value)).isInstanceOf(IOException.class).hasMessage("more than 65536 numbers at once");
        }
        assertThat(Observation.of(Map.of("terminated", many)).terminated()).isFalse();
    }

    private static byte[] packed(JsonNode recorded) {
        return Base64.getDecoder().decode(recorded.get("packed").stringValue());
    }
}
