// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

/**
 * Money, tokens and calls together: every budget counts all three.
 *
 * @param nanos nano-dollars
 * @param tokens in and out
 * @param calls that go on at once, or that come in a minute
 */
public record Amount(long nanos, long tokens, long calls) {

    public static final Amount NONE = new Amount(0, 0, 0);

    /** Of no call. */
    public Amount(long nanos, long tokens) {
        this(nanos, tokens, 0);
    }

    public Amount plus(Amount other) {
        return new Amount(add(nanos, other.nanos), add(tokens, other.tokens), add(calls, other.calls));
    }

    Amount minus(Amount other) {
        return new Amount(nanos - other.nanos, tokens - other.tokens, calls - other.calls);
    }

    Amount least(Amount other) {
        return new Amount(Math.min(nanos, other.nanos), Math.min(tokens, other.tokens), Math.min(calls, other.calls));
    }

    Amount most(Amount other) {
        return new Amount(Math.max(nanos, other.nanos), Math.max(tokens, other.tokens), Math.max(calls, other.calls));
    }

    Amount withTokens(long number) {
        return new Amount(nanos, number, calls);
    }

    Amount withCalls(long number) {
        return new Amount(nanos, tokens, number);
    }

    /** What nobody needs is always there, also where others have taken too much of it. */
    boolean covers(Amount needed) {
        return (needed.nanos <= 0 || nanos >= needed.nanos)
                && (needed.tokens <= 0 || tokens >= needed.tokens)
                && (needed.calls <= 0 || calls >= needed.calls);
    }

    boolean isNothing() {
        return nanos <= 0 && tokens <= 0 && calls <= 0;
    }

    /** What nobody can pay stays what it is. */
    private static long add(long one, long other) {
        var sum = one + other;
        return ((one ^ sum) & (other ^ sum)) < 0 ? Long.MAX_VALUE : sum;
    }
}
