// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

/** When a key was used last, as far as this replica knows. */
final class KeyUse {

    private volatile long millis;
    /** Of the one thread that writes uses down. */
    private long written;

    void now(long epochMillis) {
        millis = epochMillis;
    }

    /** Since the epoch; 0: not yet. */
    long millis() {
        return millis;
    }

    boolean isNews() {
        return millis > written;
    }

    void written(long until) {
        written = until;
    }

    long written() {
        return written;
    }
}
