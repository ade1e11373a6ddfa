// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.Dialect;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How long model calls take. Timers are kept by what they count: looking one up in the registry is dear. */
@Component
final class Meters {

    private record Kind(Dialect dialect, String provider, int status, boolean streamed) {}

    private final MeterRegistry meters;
    private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

    Meters(MeterRegistry meters) {
        this.meters = meters;
    }

    /** @param provider who answered or failed; null: nobody was asked */
    void count(Dialect dialect, @Nullable String provider, int status, boolean streamed, long nanos) {
        var kind = new Kind(dialect, provider == null ? "none" : provider, status, streamed);
        timers.computeIfAbsent(kind, this::timer).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Kind kind) {
        return Timer.builder("assay.inference")
                .tag("dialect", kind.dialect().name().toLowerCase(Locale.ROOT))
                .tag("provider", kind.provider())
                .tag("status", String.valueOf(kind.status()))
                .tag("streamed", String.valueOf(kind.streamed()))
                .register(meters);
    }
}
