// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

/** Money and tokens together: every budget counts both. */
public record Amount(long nanos, long tokens) {

    public static final Amount NONE = new Amount(0, 0);

    public Amount plus(Amount other) {
        return new Amount(add(nanos, other.nanos), add(tokens, other.tokens));
    }

    Amount minus(Amount other) {
        return new Amount(nanos - other.nanos, tokens - other.tokens);
    }

    Amount least(Amount other) {
        return new Amount(Math.min(nanos, other.nanos), Math.min(tokens, other.tokens));
    }

    Amount most(Amount other) {
        return new Amount(Math.max(nanos, other.nanos), Math.max(tokens, other.tokens));
    }

    boolean covers(Amount other) {
        return nanos >= other.nanos && tokens >= other.tokens;
    }

    boolean isNothing() {
        return nanos <= 0 && tokens <= 0;
    }

    /** What nobody can pay stays what it is. */
    private static long add(long one, long other) {
        var sum = one + other;
        return ((one ^ sum) & (other ^ sum)) < 0 ? Long.MAX_VALUE : sum;
    }
}
