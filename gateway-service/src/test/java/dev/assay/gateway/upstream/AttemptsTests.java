// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.call.AbortedException;
import dev.assay.gateway.call.Answer;
import dev.assay.gateway.call.Ask;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.call.Ending;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.call.NoClient;
import dev.assay.gateway.call.Tally;
import dev.assay.gateway.call.Upstream;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Route;
import dev.assay.gateway.model.ModelResolution;
import dev.assay.gateway.model.ModelResolution.Target;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

/** Calls over several targets. The upstreams are fakes that fail as they are told. */
class AttemptsTests {

    private static final AttemptSettings SETTINGS = new AttemptSettings(
            3, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(5), Duration.ofSeconds(10), Duration.ofSeconds(10));

    /** One that fails in turn as told, and then answers. */
    private static final class Fake implements Upstream {
        final String name;
        final List<Dialect> dialects;
        final Deque<IOException> failures = new ArrayDeque<>();
        int asked;

        Fake(String name, Dialect... dialects) {
            this.name = name;
            this.dialects = List.of(dialects);
        }

        Fake failing(AskFailure.Kind kind, int status, int times) {
            for (int i = 0; i < times; i++) {
                failures.add(new AskFailure(kind, ModelError.of(status, name + " says no"), null));
            }
            return this;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public List<Dialect> speaks(Operation operation, String upstreamModel) {
            return dialects;
        }

        @Override
        public Answer ask(Ask ask) throws AskFailure, AbortedException {
            asked++;
            switch (failures.poll()) {
                case AskFailure failure -> throw failure;
                case AbortedException ended -> throw ended;
                case null, default -> {}
            }
            return new Empty();
        }
    }

    private record Empty() implements Answer {
        @Override
        public int status() {
            return 200;
        }

        @Override
        public Fields headers() {
            return Fields.NONE;
        }

        @Override
        public int read(byte[] into, int from, int most) {
            return -1;
        }

        @Override
        public void close() {}
    }

    private final Fake one = new Fake("one", Dialect.CHAT);
    private final Fake two = new Fake("two", Dialect.CHAT);
    private final NoClient client = new NoClient();
    private final List<String> relayed = new ArrayList<>();
    private Exchange call;

    private void serve(boolean capturesTokens, Target... targets) throws IOException {
        serve(new BreakerSettings(100, 100, 50, Duration.ofHours(1), 1), capturesTokens, targets);
    }

    private Attempts attempts;

    private void serve(BreakerSettings breakers, boolean capturesTokens, Target... targets) throws IOException {
        if (attempts == null) {
            var upstreams = new Upstreams(
                    List.of(one, two), new ConfiguredUpstreams(List.of()), new MockEnvironment(), breakers, null, TeamUpstreamsTests.none(), new SimpleMeterRegistry());
            attempts = new Attempts(upstreams, SETTINGS, Clock.systemUTC());
        }
        var caller = new Caller(TeamId.random(), new UserId(UUID.randomUUID()), Role.MEMBER);
        call = new Exchange(UUID.randomUUID(), new Route(Dialect.CHAT, Operation.GENERATE, null, false), Fields.NONE, caller, null, client, new Tally());
        var head = new CallHead("m", 0, 0, false, -1, capturesTokens, null, false, -1, -1, false, List.of(), 1, null);
        attempts.serve(call, head, new ModelResolution(ModelId.random(), "m", List.of(targets)), (upstream, target, dialect) -> {
            var ask = new Ask(dialect, Operation.GENERATE, target.model(), false, Body.Spliced.whole(new byte[0]), Fields.NONE, call);
            return new Attempts.Prepared(ask, (asked, answer) -> relayed.add(upstream.name() + " " + asked.model()), failure -> false);
        });
    }

    private static Target first(String upstream) {
        return new Target(upstream, "m-of-" + upstream, 1, 0);
    }

    private static Target second(String upstream) {
        return new Target(upstream, "m-of-" + upstream, 1, 1);
    }

    @Test
    void theNextTargetIsAskedByItsOwnNameOfTheModel() throws IOException {
        one.failing(AskFailure.Kind.REFUSED, 500, 1);
        serve(false, second("two"), first("one"));
        assertThat(relayed).containsExactly("two m-of-two");
        assertThat(call.tally().tries()).extracting(Tally.Try::upstream, Tally.Try::status, Tally.Try::error)
                .containsExactly(tuple("one", 500, "one says no"), tuple("two", 0, null));
        assertThat(call.tally().upstream).isEqualTo("two");
    }

    @Test
    void aLoneTargetIsAskedAgainAndInTheEndItsClientIsToldNotToBother() throws IOException {
        one.failing(AskFailure.Kind.UNREACHABLE, 503, 2);
        serve(false, first("one"));
        assertThat(one.asked).isEqualTo(3);
        one.failing(AskFailure.Kind.UNREACHABLE, 503, 9);
        assertThatThrownBy(() -> serve(false, first("one"))).isInstanceOfSatisfying(ModelErrorException.class, e -> {
            assertThat(e.error().status()).isEqualTo(503);
            assertThat(e.error().shouldRetry()).isFalse();
        });
        assertThat(one.asked).isEqualTo(6);
    }

    @Test
    void whoCapturesTokensStaysWithItsTarget() {
        one.failing(AskFailure.Kind.REFUSED, 500, 9);
        assertThatThrownBy(() -> serve(true, first("one"), second("two"))).isInstanceOf(ModelErrorException.class);
        assertThat(one.asked).isEqualTo(3);
        assertThat(two.asked).isZero();
    }

    @Test
    void nobodyIsAskedAgainOnceAnAnswerIsOut() {
        client.answered = true;
        one.failing(AskFailure.Kind.BROKE_OFF, 502, 1);
        assertThatThrownBy(() -> serve(false, first("one"), second("two"))).isInstanceOf(ModelErrorException.class);
        assertThat(one.asked + two.asked).isEqualTo(1);
    }

    @Test
    void whatTheUpstreamSaysOfTheRequestIsToldAsItIs() {
        one.failing(AskFailure.Kind.REFUSED, 400, 1);
        assertThatThrownBy(() -> serve(false, first("one"), second("two"))).hasMessage("one says no");
        assertThat(two.asked).isZero();
    }

    @Test
    void aKeptConnectionThatWasClosedCostsNoTry() throws IOException {
        one.failing(AskFailure.Kind.KEPT_CONNECTION_CLOSED, 502, 1).failing(AskFailure.Kind.BROKE_OFF, 502, 2);
        serve(false, first("one"));
        assertThat(one.asked).isEqualTo(4);
    }

    @Test
    void aCallThatIsEndedIsNotGoneOnWith() {
        one.failures.add(new AbortedException(Ending.GONE));
        assertThatThrownBy(() -> serve(false, first("one"), second("two"))).isInstanceOf(AbortedException.class);
        assertThat(two.asked).isZero();
    }

    @Test
    void aTargetOfAnUpstreamThatNobodyKnowsIsPassedOver() throws IOException {
        serve(false, first("nobody"), second("two"));
        assertThat(relayed).containsExactly("two m-of-two");
        assertThatThrownBy(() -> serve(false, first("nobody"))).hasMessageContaining("'nobody'").hasMessageContaining("ASSAY_OPENAI_API_KEY");
    }

    @Test
    void anUpstreamThatFailsTooOftenIsPassedOverAndIfItIsAloneItsCallersHearWhy() throws IOException {
        var touchy = new BreakerSettings(2, 2, 50, Duration.ofHours(1), 1);
        one.failing(AskFailure.Kind.UNREACHABLE, 503, 9);
        serve(touchy, false, first("one"), second("two"));
        serve(touchy, false, first("one"), second("two"));
        assertThat(one.asked).isEqualTo(2);
        serve(touchy, false, first("one"), second("two"));
        assertThat(one.asked).as("left alone").isEqualTo(2);
        assertThat(relayed).hasSize(3).containsOnly("two m-of-two");
        assertThatThrownBy(() -> serve(touchy, false, first("one"))).isInstanceOfSatisfying(ModelErrorException.class,
                e -> assertThat(e.error().retryAfter()).isGreaterThan(3000.0));
        assertThatThrownBy(() -> serve(touchy, true, first("one"), second("two"))).as("nor does a capture move").isInstanceOf(ModelErrorException.class);
    }
}
