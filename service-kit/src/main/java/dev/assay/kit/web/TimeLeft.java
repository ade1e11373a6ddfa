// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * How long a request is still waited for that said so. Read from its deadline when it came, and measured from then on: a clock that is set
 * meanwhile changes nothing.
 */
public final class TimeLeft {

    private static final String UNTIL = TimeLeft.class.getName();

    /** Set while something is done for others too. */
    private static final ScopedValue<Boolean> FOR_OTHERS = ScopedValue.newInstance();

    private TimeLeft() {}

    /**
     * Does what others wait for as well, or will be told: the deadline of the request at hand does not count for it. Else whoever gives
     * theirs no time would have others' questions fail.
     */
    public static <T extends @Nullable Object> T forOthersToo(Supplier<T> doing) {
        return ScopedValue.where(FOR_OTHERS, true).call(doing::get);
    }

    /** From now on. */
    public static void set(HttpServletRequest request, Duration left) {
        request.setAttribute(UNTIL, System.nanoTime() + left.toNanos());
    }

    /** Zero or less: nobody waits any more. Empty: it did not say. */
    public static Optional<Duration> of(HttpServletRequest request) {
        return request.getAttribute(UNTIL) instanceof Long until
                ? Optional.of(Duration.ofNanos(until - System.nanoTime()))
                : Optional.empty();
    }

    /** Of the request that this thread serves; empty also if it serves none. */
    public static Optional<Duration> ofThisRequest() {
        return !FOR_OTHERS.isBound() && RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes served
                ? of(served.getRequest())
                : Optional.empty();
    }

    /** Whether nobody waits any more for what this thread does. */
    public static boolean isOver() {
        return ofThisRequest().filter(left -> !left.isPositive()).isPresent();
    }
}
