// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeadlineTests {

    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    private static Optional<Deadline> of(String... headers) {
        var all = new HashMap<String, List<String>>();
        for (int i = 0; i < headers.length; i += 2) {
            all.merge(headers[i], List.of(headers[i + 1]), (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
        }
        return Deadline.of(name -> all.getOrDefault(name, List.of()), NOW);
    }

    @Test
    void whoSaysNothingHasNone() {
        assertThat(of()).isEmpty();
    }

    @Test
    void itIsSaidInSecondsOrAsATime() {
        for (var said : Map.of("30", 30_000L, "0.25", 250L, "1.5", 1500L).entrySet()) {
            assertThat(of(Deadline.TIMEOUT, said.getKey()).orElseThrow().left(NOW)).hasMillis(said.getValue());
        }
        for (var time : List.of(String.valueOf(NOW.plusSeconds(5).toEpochMilli()), "2026-11-26T12:00:05Z", "2026-11-26T13:00:05+01:00")) {
            assertThat(of(Deadline.HEADER, time).orElseThrow().left(NOW)).as(time).hasSeconds(5);
        }
    }

    @Test
    void itTravelsOnAsItIs() {
        var deadline = of(Deadline.TIMEOUT, "30").orElseThrow();
        assertThat(of(Deadline.HEADER, deadline.header())).contains(deadline);
    }

    @Test
    void oneThatIsOverIsOverAndOneThatIsFarIsADay() {
        assertThat(of(Deadline.HEADER, "2026-11-26T11:59:59Z").orElseThrow().left(NOW)).isNegative();
        assertThat(of(Deadline.HEADER, "9999-12-31T23:59:59Z").orElseThrow().left(NOW)).isEqualTo(Duration.ofDays(1));
        assertThat(of(Deadline.TIMEOUT, "999999999").orElseThrow().left(NOW)).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void whatCannotBeIsRefusedByItsName() {
        for (var bad : Arrays.asList("", "0", "0.0", "-1", "1e3", "NaN", "ten", "1,5", "99999999999")) {
            assertThatThrownBy(() -> of(Deadline.TIMEOUT, bad)).as(bad).hasMessageStartingWith("X-Request-Timeout: ");
        }
        for (var bad : Arrays.asList("", "soon", "1795000000", "2026-11-26", "2026-13-01T00:00:00Z", "2026-11-26T12:00:00",
                "+999999999-01-01T00:00:00Z", "-999999999-01-01T00:00:00Z", "+10000-01-01T00:00:00Z", "0000-12-31T00:00:00Z")) {
            assertThatThrownBy(() -> of(Deadline.HEADER, bad)).as(bad).hasMessageStartingWith("X-Deadline: ");
        }
    }

    @Test
    void twoAreNoDeadline() {
        assertThatThrownBy(() -> of(Deadline.TIMEOUT, "1", Deadline.TIMEOUT, "2")).hasMessageStartingWith("X-Request-Timeout: ");
        assertThatThrownBy(() -> of(Deadline.TIMEOUT, "1", Deadline.HEADER, "2026-11-26T12:00:05Z")).hasMessageStartingWith("X-Deadline: ");
    }
}
