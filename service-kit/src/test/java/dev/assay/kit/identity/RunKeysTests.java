// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RunKeysTests {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private final InternalTokens tokens = tokens("a-secret-of-more-than-32-characters!!", NOW);
    private final RunKeys keys = new RunKeys(tokens);
    private final RunKeys.RunKey key = new RunKeys.RunKey(TeamId.random(), RunId.parse("d269e11f7006492f82ecae82e90942ed"), 2);

    private static InternalTokens tokens(String secret, Instant now) {
        return new InternalTokens(secret, Clock.fixed(now, ZoneOffset.UTC));
    }

    @Test
    void aRunKeySaysWhichRunAndAttemptItIsFor() {
        assertThat(keys.verify(keys.mint(key, NOW.plusSeconds(60)))).contains(key);
    }

    @Test
    void aRunKeyRunsOut() {
        var minted = keys.mint(key, NOW.plusSeconds(60));
        var later = new RunKeys(tokens("a-secret-of-more-than-32-characters!!", NOW.plus(Duration.ofMinutes(2))));
        assertThat(later.verify(minted)).isEmpty();
    }

    @Test
    void aKeySignedWithAnotherSecretIsRefused() {
        var foreign = new RunKeys(tokens("another-secret-of-more-than-32-chars", NOW));
        assertThat(keys.verify(foreign.mint(key, NOW.plusSeconds(60)))).isEmpty();
    }

    @Test
    void aRunKeyIsNoInternalToken() {
        var minted = keys.mint(key, NOW.plusSeconds(60));
        assertThat(tokens.verify(minted.substring(RunKeys.PREFIX.length()))).isEmpty();
    }

    @Test
    void anInternalTokenSpeaksForItsCaller() {
        var caller = new Caller(TeamId.random(), UserId.random(), Role.MEMBER, key.run());
        assertThat(tokens.verify(tokens.mint(caller))).contains(caller);
        assertThat(tokens.verify("nonsense")).isEmpty();
    }
}
