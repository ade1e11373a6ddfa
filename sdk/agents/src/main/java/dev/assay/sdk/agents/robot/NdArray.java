// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * Numbers in any number of dimensions, as numpy writes them.
 *
 * @param dtype byte order ({@code <}, {@code >}; {@code |} where there is none), kind ({@code f}, {@code i}, {@code u}, {@code b}) and
 *     bytes of one number
 * @param shape the length of each dimension; none: a single number
 * @param data row by row
 */
record NdArray(String dtype, int[] shape, byte[] data) {

    private static final String DTYPE = "[<>|=]?(f2|f4|f8|[iu][1248]|b1)";

    /** @throws IOException if the three do not fit each other, or the numbers are of a kind that cannot be computed with */
    static NdArray of(String dtype, int[] shape, byte[] data) throws IOException {
        if (!dtype.matches(DTYPE)) {
            throw new IOException("an array of '" + dtype + "', which are no numbers that are known here");
        }
        long size = width(dtype);
        for (int length : shape) {
            if (length < 0 || (size *= length) > Integer.MAX_VALUE) {
                throw new IOException("an array that cannot have the shape it names");
            }
        }
        if (size != data.length) {
            throw new IOException("an array of " + data.length + " bytes whose shape wants " + size);
        }
        return new NdArray(dtype, shape, data);
    }

    /** Of 32 bits each, as actions are sent and pictures are shown to LeRobot's policies. */
    static NdArray floats(double[] values, int... shape) {
        var data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            data.putFloat((float) value);
        }
        return new NdArray("<f4", shape, data.array());
    }

    private static int width(String dtype) {
        return dtype.charAt(dtype.length() - 1) - '0';
    }

    int rank() {
        return shape.length;
    }

    /** How many numbers there are. */
    int size() {
        return data.length / width(dtype);
    }

    /** Whether its numbers are from 0 to 255, one byte each, as most cameras' are. */
    boolean isBytes() {
        return dtype.endsWith("u1");
    }

    /** The number at a place, counted row by row; of the longest whole numbers what a double can hold of them. */
    double at(int place) {
        var bytes = ByteBuffer.wrap(data).order(dtype.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        return switch (dtype.substring(dtype.length() - 2)) {
            case "f2" -> Float.float16ToFloat(bytes.getShort(2 * place));
            case "f4" -> bytes.getFloat(4 * place);
            case "f8" -> bytes.getDouble(8 * place);
            case "i1" -> data[place];
            case "i2" -> bytes.getShort(2 * place);
            case "i4" -> bytes.getInt(4 * place);
            case "i8" -> bytes.getLong(8 * place);
            case "u1" -> data[place] & 0xff;
            case "u2" -> bytes.getShort(2 * place) & 0xffff;
            case "u4" -> bytes.getInt(4 * place) & 0xffff_ffffL;
            case "u8" -> unsigned(bytes.getLong(8 * place));
            default -> data[place] == 0 ? 0 : 1;
        };
    }

    private static double unsigned(long bits) {
        return bits >= 0 ? bits : 2.0 * (bits >>> 1);
    }

    double[] numbers() {
        return IntStream.range(0, size()).mapToDouble(this::at).toArray();
    }

    /** Whether a camera may have made it: height, width and 1, 3 or 4 colours. */
    boolean isPicture() {
        return rank() == 3 && (shape[2] == 1 || shape[2] == 3 || shape[2] == 4);
    }
}
