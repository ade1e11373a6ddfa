// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What numpy makes of a value that came in a message: {@code np.asarray(value, dtype=float)}. */
final class Numbers {

    /** More at once than any robot measures, or any policy plans. */
    static final int MOST = 1 << 16;

    private Numbers() {}

    /** @throws IOException if that is no number nor rows of as many numbers each, or more than {@link #MOST} */
    static double[][] rows(@Nullable Object value) throws IOException {
        return switch (value) {
            case NdArray array when array.rank() < 2 -> new double[][] {all(array)};
            case NdArray array when array.rank() == 2 -> {
                int width = array.shape()[1];
                var all = all(array);
                if (array.shape()[0] > all.length) {
                    throw new IOException("rows that hold nothing"); // however many: no byte is behind them
                }
                yield IntStream.range(0, array.shape()[0]).mapToObj(row -> Arrays.copyOfRange(all, row * width, (row + 1) * width))
                        .toArray(double[][]::new);
            }
            case NdArray array -> throw new IOException("an array of " + array.rank() + " dimensions");
            case List<?> list when list.size() > MOST -> throw tooMany();
            case List<?> list when !list.isEmpty() && list.stream().allMatch(List.class::isInstance) -> {
                var rows = new double[list.size()][];
                for (int i = 0; i < rows.length; i++) {
                    rows[i] = row((List<?>) list.get(i));
                    if (rows[i].length != rows[0].length) {
                        throw new IOException("rows of different lengths");
                    }
                }
                if ((long) rows.length * rows[0].length > MOST) {
                    throw tooMany();
                }
                yield rows;
            }
            case List<?> list -> new double[][] {row(list)};
            case null, default -> new double[][] {{number(value)}};
        };
    }

    /** @throws IOException if there are more than {@link #MOST} */
    static double[] all(NdArray array) throws IOException {
        if (array.size() > MOST) {
            throw tooMany();
        }
        return array.numbers();
    }

    static IOException tooMany() {
        return new IOException("more than " + MOST + " numbers at once");
    }

    private static double[] row(List<?> list) throws IOException {
        var row = new double[list.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = number(list.get(i));
        }
        return row;
    }

    /** @throws IOException if that is no single number */
    static double number(@Nullable Object value) throws IOException {
        return switch (value) {
            case Long number -> number.doubleValue();
            case Double number -> number;
            case Boolean flag -> flag ? 1 : 0;
            case Packed.NumpyNumber number -> number(number.value());
            case NdArray array when array.size() == 1 -> array.at(0);
            case null, default -> throw new IOException("something that is no number");
        };
    }
}
