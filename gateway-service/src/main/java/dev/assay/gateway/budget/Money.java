// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Money is counted in nano-dollars, as whole numbers; people read and write dollars. */
public final class Money {

    private static final int DIGITS = 9;

    /** Nobody's price or budget is larger: a billion dollars. */
    private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000);

    private Money() {}

    /**
     * @param dollars with at most nine digits behind the point
     * @throws IllegalArgumentException for less than 0, more than a billion, or more digits; says so as a reason
     */
    public static long nanos(BigDecimal dollars) {
        if (dollars.signum() < 0 || dollars.compareTo(MOST) > 0) {
            throw new IllegalArgumentException("must be from 0 to " + MOST.toPlainString() + " dollars");
        }
        try {
            return dollars.movePointRight(DIGITS).longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("must have at most " + DIGITS + " digits behind the point", e);
        }
    }

    public static BigDecimal dollars(long nanos) {
        var dollars = BigDecimal.valueOf(nanos, DIGITS).stripTrailingZeros();
        return dollars.scale() < 0 ? dollars.setScale(0) : dollars;
    }

    /** For sentences and headers: {@code 0.0123}. */
    public static String text(long nanos) {
        return dollars(nanos).toPlainString();
    }

    /** What many tokens cost that are priced by the million, rounded up once; never more than a long holds. */
    public static long ofMillionths(BigInteger nanosTimesMillion) {
        var million = BigInteger.valueOf(1_000_000);
        var nanos = nanosTimesMillion.add(million).subtract(BigInteger.ONE).divide(million);
        return nanos.bitLength() < Long.SIZE ? nanos.longValue() : Long.MAX_VALUE;
    }
}
