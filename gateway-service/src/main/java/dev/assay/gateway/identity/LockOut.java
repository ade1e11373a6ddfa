// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.kit.cache.Caches;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.stereotype.Component;

/**
 * Counts the keys that nobody has, by the address that they come from. Each replica counts for itself, and remembers the latest ten
 * thousand addresses.
 */
@Component
class LockOut {

    private static final int MOST_ADDRESSES = 10_000;

    private final Ticker time;
    private final Cache<String, Guesses> addresses;

    @Autowired
    LockOut() {
        this(Ticker.systemTicker());
    }

    LockOut(Ticker time) {
        this.time = time;
        this.addresses = Caches.builder()
                .maximumSize(MOST_ADDRESSES)
                .expireAfterWrite(Guesses.WITHIN.plus(Guesses.LOCKED))
                .ticker(time)
                .build();
    }

    /** Whether unknown keys from there are refused without a look at them. */
    boolean isLocked(String address) {
        var guesses = addresses.getIfPresent(counted(address));
        return guesses != null && guesses.isLocked(time.read());
    }

    /**
     * Counts a key that opened nothing.
     *
     * @param why it opened nothing, for its holder
     * @return what its holder is told
     */
    AuthenticationException refusal(String address, String key, String why) {
        var from = counted(address);
        var now = time.read();
        var before = addresses.getIfPresent(from);
        if (before != null && before.isLocked(now)) {
            return new LockedOutException(Math.toIntExact(before.secondsLeft(now)));
        }
        var hash = ByteBuffer.wrap(new KeyText(key).hash()).getLong();
        addresses.asMap().compute(from, (unused, guesses) -> (guesses == null ? Guesses.NONE : guesses).and(hash, now));
        return new BadCredentialsException(why);
    }

    /** An IPv6 network of 64 bits is one customer's. */
    static String counted(String address) {
        try {
            var read = InetAddress.ofLiteral(address);
            return HexFormat.of().formatHex(read instanceof Inet6Address ? Arrays.copyOf(read.getAddress(), 8) : read.getAddress());
        } catch (IllegalArgumentException e) {
            return address;
        }
    }
}
