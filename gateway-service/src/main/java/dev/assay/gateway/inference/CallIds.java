// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Ids of calls: in the order of time, so that a ledger of millions grows at its end. */
final class CallIds {

    private CallIds() {}

    /** One of version 7. */
    static UUID at(long epochMillis) {
        var random = ThreadLocalRandom.current();
        return new UUID(
                epochMillis << 16 | 0x7000L | random.nextLong() & 0xfffL,
                random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L);
    }
}
