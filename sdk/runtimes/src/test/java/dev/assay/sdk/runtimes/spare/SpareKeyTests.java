// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.spare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SpareKeyTests {

    private static final SandboxLimits LIMITS = SandboxLimits.DEFAULTS;
    private static final Set<String> KEY = Set.of("KEY");

    private record AnImage(String id) implements Prepared {}

    private static Optional<SpareKey> of(String image, String run, Map<String, String> variables, Network network, SandboxLimits limits, Set<String> ofRun) {
        return SpareKey.of(new SandboxSpec(new SandboxLabel(run, 1), new AnImage(image), "letters", variables, network, limits, ofRun));
    }

    private static SpareKey plain(String run) {
        return of("sha256:1", run, Map.of("WORD", "hush", "KEY", "of " + run), Network.NONE, LIMITS, KEY).orElseThrow();
    }

    @Test
    void runsOfOneKindDifferInTheirOwnVariablesOnly() {
        assertThat(plain("one")).isEqualTo(plain("other"));
        assertThat(plain("one").spare(Map.of("KEY", "none"), Duration.ofMinutes(5)).environmentVariables())
                .isEqualTo(Map.of("WORD", "hush", "KEY", "none"));
    }

    @Test
    void allElseThatAContainerIsMadeOfSetsThemApart() {
        var variables = Map.of("WORD", "hush", "KEY", "of one");
        var limits = Stream.of(
                LIMITS.withMemoryBytes(1), LIMITS.withProcesses(1), LIMITS.withDiskBytes(1), LIMITS.withCpus(1), LIMITS.withStartup(Duration.ofSeconds(1)),
                LIMITS.withLifetime(Duration.ofSeconds(1)));
        assertThat(limits.map(other -> of("sha256:1", "one", variables, Network.NONE, other, KEY).orElseThrow())).doesNotContain(plain("one"));
        assertThat(of("sha256:2", "one", variables, Network.NONE, LIMITS, KEY)).isNotEqualTo(Optional.of(plain("one")));
        assertThat(of("sha256:1", "one", variables, Network.OUTBOUND, LIMITS, KEY)).isNotEqualTo(Optional.of(plain("one")));
        assertThat(of("sha256:1", "one", Map.of("WORD", "loud", "KEY", "of one"), Network.NONE, LIMITS, KEY)).isNotEqualTo(Optional.of(plain("one")));
        assertThat(of("sha256:1", "one", Map.of("WORD", "hush"), Network.NONE, LIMITS, KEY)).isNotEqualTo(Optional.of(plain("one")));
    }

    @Test
    void someHaveNone() {
        assertThat(of("sha256:1", "one", Map.of(), Network.NONE, LIMITS, Set.of())).as("nobody says what is a run's").isEmpty();
        assertThat(of("sha256:1", "one", Map.of(), Network.NONE, LIMITS.withGpus(1), KEY)).isEmpty();
        assertThat(of("sha256:1", "one", Map.of("ASSAY_SPARES", "false"), Network.NONE, LIMITS, KEY)).as("its author wants none").isEmpty();
    }

    @Test
    void whatItHoldsIsInNoMessage() {
        assertThat(plain("one")).hasToString("'letters' of AnImage[id=sha256:1]");
    }
}
