// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.number;

import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/**
 * What a sample of finite numbers comes to, from sums that a database keeps as {@code numeric}. The sums are exact: no order of adding
 * and taking away changes them, nothing overflows between two huge values, and a tiny one beside them is not lost.
 *
 * @param count how many numbers
 * @param sum of them
 * @param squares the sum of their squares
 */
public record Moments(long count, BigDecimal sum, BigDecimal squares) {

    private static final MathContext DIGITS = new MathContext(40);

    /** Null if there is no number. */
    public @Nullable Double mean() {
        return count == 0 ? null : Double.valueOf(sum.divide(BigDecimal.valueOf(count), DIGITS).doubleValue());
    }

    /** Of the sample (divided by n - 1): the numbers stand for all that might have been. Null below two; at most the largest double. */
    public @Nullable Double deviation() {
        if (count < 2) {
            return null;
        }
        var n = BigDecimal.valueOf(count);
        var spread = n.multiply(squares).subtract(sum.multiply(sum));
        var variance = spread.divide(n.multiply(BigDecimal.valueOf(count - 1)), DIGITS);
        return Math.min(Double.MAX_VALUE, variance.sqrt(DIGITS).doubleValue());
    }
}
