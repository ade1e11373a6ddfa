// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunKeysTests {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private final RunKeys.RunKey key =
            new RunKeys.RunKey(TeamId.random(), RunId.parse("d269e11f7006492f82ecae82e90942ed"), 2, "scripted/letter-count");

    @TempDir
    Path folder;

    private RunKeys keys(String service, Instant now) {
        return new RunKeys(new Parties(folder, Clock.fixed(now, ZoneOffset.UTC)).signatures(Party.service(service)));
    }

    @Test
    void aRunKeySaysWhichAttemptItIsForAndWhichModelItMayCall() {
        var minted = keys("job-service", NOW).mint(key, NOW.plusSeconds(60));
        assertThat(keys("gateway-service", NOW).verify(minted)).contains(key);
    }

    @Test
    void aRunMayHaveNoModel() {
        var without = new RunKeys.RunKey(key.team(), key.run(), 1, null);
        assertThat(keys("gateway-service", NOW).verify(keys("job-service", NOW).mint(without, NOW.plusSeconds(60)))).contains(without);
    }

    @Test
    void aRunKeyRunsOut() {
        var minted = keys("job-service", NOW).mint(key, NOW.plusSeconds(60));
        assertThat(keys("gateway-service", NOW.plus(Duration.ofMinutes(2))).verify(minted)).isEmpty();
    }

    @Test
    void onlyJobServiceMakesRunKeys() {
        for (var other : new String[] {"gateway-service", "trace-service", "worker"}) {
            assertThat(keys("gateway-service", NOW).verify(keys(other, NOW).mint(key, NOW.plusSeconds(60)))).as(other).isEmpty();
        }
    }

    @Test
    void aRunKeyOpensNothingElsewhere() {
        var minted = keys("job-service", NOW).mint(key, NOW.plusSeconds(60));
        assertThat(keys("environment-service", NOW).verify(minted)).isEmpty();
    }
}
