// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys.RunKey;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;

/** How many requests of one sender are taken. */
class PaceTests {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Caller CALLER = new Caller(TeamId.random(), new UserId(UUID.randomUUID()), Role.MEMBER);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - SECOND); // it may run over
    private final PaceFilter filter = new PaceFilter(new Pace(2, 3), request -> String.valueOf(request.getRemoteAddr()), nanos::get);

    @AfterEach
    void nobody() {
        SecurityContextHolder.clearContext();
    }

    @Test
    void soManyAtOnceAndThenSoManyASecond() throws Exception {
        as(key(UUID.randomUUID()));
        assertThat(statuses("GET", "/v2/jobs", 4)).containsExactly(200, 200, 200, 429);
        nanos.addAndGet(SECOND / 2);
        assertThat(statuses("GET", "/v2/jobs", 2)).containsExactly(200, 429);
        nanos.addAndGet(SECOND * 100);
        assertThat(statuses("POST", "/v2/jobs", 4)).containsExactly(200, 200, 200, 429);
    }

    @Test
    void howLongToWaitIsSaidInWholeSeconds() throws Exception {
        as(key(UUID.randomUUID()));
        statuses("GET", "/v2/jobs", 3);
        var refused = send("GET", "/v2/jobs");
        assertThat(refused.getHeader("Retry-After")).isEqualTo("1");
        assertThat(refused.getContentType()).startsWith("application/problem+json");
        assertThat(refused.getContentAsString()).contains("\"status\":429", "2 a second");
    }

    @Test
    void oneKeyDoesNotSlowDownAnotherNorABrowserItsColleague() throws Exception {
        var wild = UUID.randomUUID();
        as(key(wild));
        statuses("GET", "/v2/jobs", 4);
        as(key(UUID.randomUUID()));
        assertThat(statuses("GET", "/v2/jobs", 1)).containsExactly(200);
        as(Holder.without(CALLER));
        assertThat(statuses("GET", "/v2/jobs", 4)).containsExactly(200, 200, 200, 429);
        as(Holder.without(new Caller(CALLER.team(), new UserId(UUID.randomUUID()), Role.MEMBER)));
        assertThat(statuses("GET", "/v2/jobs", 1)).containsExactly(200);
    }

    @Test
    void rotatingAKeyDoesNotGetAroundIt() throws Exception {
        var successor = UUID.randomUUID();
        as(key(successor));
        statuses("GET", "/v2/jobs", 3);
        as(new Holder(CALLER, UUID.randomUUID(), successor, Scopes.ALL, null, null, new KeyUse()));
        assertThat(statuses("GET", "/v2/jobs", 1)).containsExactly(429);
    }

    /** Strangers' code holds it. */
    @Test
    void theKeyOfARunIsCountedAlsoWhereClientsAreNot() throws Exception {
        var path = "/v2/trace/2def1a5e-c713-4440-8b1b-e40001eceddf/enter";
        as(RunId.parse("0f8fad5b-d9cb-469f-a165-70867728950e"));
        assertThat(statuses("POST", path, 4)).containsExactly(200, 200, 200, 429);
        as(RunId.parse("1f8fad5b-d9cb-469f-a165-70867728950e"));
        assertThat(statuses("POST", path, 1)).containsExactly(200);
    }

    @Test
    void whoeverComesWithoutAKeyIsCountedByAddress() throws Exception {
        assertThat(statuses("GET", "/v2/auth/ways", 4)).containsExactly(200, 200, 200, 429);
        var other = new MockHttpServletRequest("GET", "/v2/auth/ways");
        other.setRemoteAddr("192.0.2.7");
        var answer = new MockHttpServletResponse();
        filter.doFilter(other, answer, new MockFilterChain());
        assertThat(answer.getStatus()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /telemetry/v3/api/trace/2def1a5e-c713-4440-8b1b-e40001eceddf/telemetry-upload",
        "POST, /otlp/v1/traces",
        "POST, /v2/trace/2def1a5e-c713-4440-8b1b-e40001eceddf/enter",
        "POST, /v2/trace/2def1a5e-c713-4440-8b1b-e40001eceddf/exit",
        "POST, /v2/trace/job/2def1a5e-c713-4440-8b1b-e40001eceddf/enter",
        "POST, /telemetry/v3/api/sdk-events/cli",
        "POST, /v2/rollouts/submit",
        "POST, /v2/rollouts/cancel",
        "GET, /v2/trace/2def1a5e-c713-4440-8b1b-e40001eceddf",
        "POST, /v2/trace/2def1a5e-c713-4440-8b1b-e40001eceddf/grade",
        "POST, /runtime/sessions",
        "GET, /runtime/sessions/2def1a5e-c713-4440-8b1b-e40001eceddf",
        "GET, /runtime/tunnels/2def1a5e-c713-4440-8b1b-e40001eceddf",
        "POST, /v2/playground/chat/completions",
        "PUT, /v2/uploads/a-grant",
        "POST, /inference/chat/completions",
        "GET, /jobs",
        "GET, /actuator/health/readiness"
    })
    void whatRunsLiveFromUploadsModelCallsAndPagesAreNeverSentAway(String method, String path) throws Exception {
        as(key(UUID.randomUUID()));
        statuses("GET", "/v2/jobs", 4);
        assertThat(statuses(method, path, 10)).containsOnly(200);
    }

    @Test
    void overAnyTimeNoMoreAreTakenThanTheBurstAndTheRateAllow() {
        var random = new Random(7);
        for (var round = 0; round < 200; round++) {
            var pace = new Pace(1 + random.nextInt(50), 1 + random.nextInt(100));
            var now = random.nextLong();
            var began = now;
            var paid = now;
            var taken = 0;
            for (var request = 0; request < 1000; request++) {
                now += random.nextLong(SECOND / 20);
                if (pace.nanosToWait(paid, now) == 0) {
                    paid = pace.after(paid, now);
                    taken++;
                }
            }
            assertThat(taken).isLessThanOrEqualTo(pace.burst() + (int) Math.ceilDiv((now - began) * pace.perSecond(), SECOND) + 1);
            assertThat(taken).isGreaterThanOrEqualTo(Math.min(1000, pace.burst()));
        }
    }

    @Test
    void aPaceOfNothingIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Pace(-1, 10));
        assertThatIllegalArgumentException().isThrownBy(() -> new Pace(10, 0));
    }

    private static Holder key(UUID id) {
        return new Holder(CALLER, id, id, Scopes.ALL, null, null, new KeyUse());
    }

    private static void as(Holder holder) {
        SecurityContextHolder.setContext(new SecurityContextImpl(Entrant.by(holder, KeyScope.WRITE, () -> true)));
    }

    private static void as(RunId run) {
        var holder = Caller.holding(new RunKey(CALLER.team(), run, 1, null));
        SecurityContextHolder.setContext(new SecurityContextImpl(new Entrant(holder, () -> true)));
    }

    private int[] statuses(String method, String path, int times) throws Exception {
        var statuses = new int[times];
        for (var at = 0; at < times; at++) {
            statuses[at] = send(method, path).getStatus();
        }
        return statuses;
    }

    private MockHttpServletResponse send(String method, String path) throws Exception {
        var answer = new MockHttpServletResponse();
        filter.doFilter(new MockHttpServletRequest(method, path), answer, new MockFilterChain());
        return answer;
    }
}
