// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What keys with scopes open. */
class ScopesTests {

    private static Scopes scopes(String words) {
        return Scopes.of(List.of(words.split(" ")));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /inference/chat/completions, MODELS",
        "GET, /inference/models, MODELS",
        "POST, /v2/playground/chat/completions, MODELS",
        "POST, /telemetry/v3/api/trace/1/telemetry-upload, TELEMETRY",
        "POST, /otlp/v1/traces, TELEMETRY",
        "POST, /v2/trace/1/enter, TELEMETRY",
        "POST, /v2/trace/job/1/enter, TELEMETRY",
        "POST, /v2/trace/1/exit, TELEMETRY",
        "GET, /v2/trace/1/exit, READ",
        "GET, /v2/trace/1/events, READ",
        "HEAD, /v2/jobs, READ",
        "GET, /v3/api-docs, READ",
        "GET, /runtime/sessions/1, READ",
        "GET, /runtime/tunnels/1, WRITE",
        "POST, /runtime/sessions, WRITE",
        "POST, /v2/rollouts/submit, WRITE",
        "DELETE, /v2/keys/1, WRITE",
        "POST, /v2/what-is-added-some-day, WRITE",
        "QUERY, /v2/jobs, WRITE",
        "POST, /rl/v1/models/1/train/optim-step, WRITE",
        "GET, /rl/v1/models/1/train/losses, READ",
        "GET, /v4/jobs, ",
        "GET, /v2, ",
    })
    void whatARequestTakesIsToldByItsMethodAndPath(String method, String path, KeyScope needed) {
        assertThat(ScopeRules.needed(method, path).orElse(null)).isEqualTo(needed);
        for (var scope : KeyScope.values()) {
            var refusal = ScopeRules.refusal(scopes(scope.word()), method, path);
            var opens = scope == needed || scope == KeyScope.ADMIN && needed == KeyScope.WRITE;
            assertThat(refusal.isEmpty()).as("%s %s by %s", method, path, scope).isEqualTo(opens);
            refusal.ifPresent(words -> assertThat(words).contains(scope.word(), needed == null ? "without scopes" : "'" + needed.word() + "'"));
        }
        assertThat(ScopeRules.refusal(Scopes.ALL, method, path)).isEmpty();
    }

    @Test
    void anyKeyMayAskWhoseItIs() {
        assertThat(ScopeRules.refusal(scopes("telemetry"), "GET", "/v2/auth/me")).isEmpty();
        assertThat(ScopeRules.refusal(scopes("telemetry"), "POST", "/v2/auth/me")).isPresent();
        assertThat(ScopeRules.refusal(scopes("telemetry"), "GET", "/v2/auth/meanwhile")).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "read, ADMINISTRATOR, READ, VIEWER, true",
        "read write, ADMINISTRATOR, READ, MEMBER, true",
        "write, ADMINISTRATOR, WRITE, MEMBER, true",
        "write, VIEWER, WRITE, VIEWER, false",
        "models, ADMINISTRATOR, MODELS, MEMBER, true",
        "models, VIEWER, MODELS, VIEWER, false",
        "telemetry, MEMBER, TELEMETRY, MEMBER, false",
        "admin, ADMINISTRATOR, WRITE, ADMINISTRATOR, false",
        "admin, MEMBER, WRITE, MEMBER, false",
        "read admin, ADMINISTRATOR, READ, ADMINISTRATOR, false",
    })
    void scopesNarrowARoleAndNeverWidenIt(String words, Role role, KeyScope by, Role narrowed, boolean less) {
        var caller = scopes(words).narrowed(new Caller(TeamId.random(), UserId.random(), role), by);
        assertThat(caller.role()).isEqualTo(narrowed);
        assertThat(caller.narrowed()).isEqualTo(less);
    }

    @ParameterizedTest
    @CsvSource({
        "WRITE, ADMINISTRATOR, MEMBER, write, true",
        "WRITE, ADMINISTRATOR, VIEWER, write, false",
        "WRITE, MEMBER, MEMBER, read, false",
        "WRITE, VIEWER, VIEWER, write, true",
        "READ, ADMINISTRATOR, VIEWER, read, true",
        "READ, MEMBER, MEMBER, models, false",
        "MODELS, MEMBER, VIEWER, models, false",
        "MODELS, MEMBER, MEMBER, models, true",
    })
    void whatIsOpenEndsWhenTheRoleOrTheScopeIsTakenAway(KeyScope scope, Role then, Role now, String words, boolean stands) {
        var holder = new Holder(new Caller(TeamId.random(), UserId.random(), now), null, null, scopes(words), null, null, new KeyUse());
        assertThat(holder.stillOpens(scope, then)).isEqualTo(stands);
    }

    @Test
    void aBrowserThatAKeySignedInHoldsOpenNoMoreThanTheKeyDoes() {
        var holder = new AtomicReference<>(Holder.without(new Caller(TeamId.random(), UserId.random(), Role.MEMBER)));
        var entrant = ScopeRules.admit(holder.get(), "GET", "/runtime/tunnels/1", () -> Optional.of(holder.get()));
        assertThat(entrant.stillStands()).isTrue();
        holder.set(Holder.without(new Caller(TeamId.random(), UserId.random(), Role.VIEWER)));
        assertThat(entrant.stillStands()).isFalse();
    }

    @Test
    void aKeyGivesNoMoreThanItOpens() {
        assertThat(Scopes.ALL.cover(Scopes.ALL)).isTrue();
        assertThat(Scopes.ALL.cover(scopes("admin"))).isTrue();
        assertThat(scopes("read write").cover(scopes("read"))).isTrue();
        assertThat(scopes("read admin").cover(scopes("read write"))).isTrue();
        assertThat(scopes("read").cover(scopes("read admin"))).isFalse();
        assertThat(scopes("read").cover(Scopes.ALL)).isFalse();
        assertThat(scopes("models telemetry read write admin").cover(Scopes.ALL)).isFalse();
    }
}
