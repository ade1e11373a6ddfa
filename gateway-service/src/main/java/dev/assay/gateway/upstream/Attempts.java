// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.gateway.call.Ask;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.call.CodexCli;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.call.Relay;
import dev.assay.gateway.call.Upstream;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.Route;
import dev.assay.gateway.model.ModelResolution;
import dev.assay.gateway.model.ModelResolution.Target;
import dev.assay.gateway.translate.Translations;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Asks the targets of a model until one answers: the same one again, or the next, as {@link AttemptRules} say. */
@Component
public final class Attempts {

    private static final Logger log = LoggerFactory.getLogger(Attempts.class);

    private final Upstreams upstreams;
    private final AttemptRules rules;
    private final Clock clock;

    Attempts(Upstreams upstreams, AttemptSettings settings, Clock clock) {
        this.upstreams = upstreams;
        this.rules = new AttemptRules(settings);
        this.clock = clock;
    }

    /** Makes of a client's call what one target is asked. */
    public interface Preparation {

        /**
         * @param dialect in which it is asked: the client's own, or one that the call can be translated into
         * @throws ModelErrorException if that target cannot be asked this
         */
        Prepared prepare(Upstream upstream, Target target, Dialect dialect);
    }

    /**
     * @param relay passes on what answers it
     * @param otherwise whether it is to be prepared anew and asked at once, because what failed was the way in which it was asked
     */
    public record Prepared(Ask ask, Relay relay, Predicate<AskFailure> otherwise) {}

    /** What was tried of a call so far. */
    private static final class Progress {
        final Deque<Target> left;
        final boolean isCodex;
        int tries;
        Duration waited = Duration.ZERO;
        boolean freshened;

        Progress(Deque<Target> left, boolean isCodex) {
            this.left = left;
            this.isCodex = isCodex;
        }

        AttemptRules.Standing standing(Exchange call) {
            return new AttemptRules.Standing(tries, waited, call.client().answered(), !left.isEmpty(), freshened, isCodex);
        }
    }

    /**
     * Serves a call to its end. Whoever has captured tokens, or continues what a target keeps, stays with its target.
     *
     * @throws ModelErrorException if it cannot be answered: what the client is to be told
     * @throws dev.assay.gateway.call.AbortedException if it was ended from outside
     * @throws IOException if the client cannot be written to
     */
    public void serve(Exchange call, CallHead head, ModelResolution model, Preparation preparation) throws IOException {
        var targets = model.targets();
        var order = new ArrayDeque<>(targets.size() == 1 ? targets : TargetOrder.of(targets, conversation(call)));
        var target = order.removeFirst();
        if (head.capturesTokens() || head.continues() != null) {
            order.clear();
        }
        var progress = new Progress(order, CodexCli.asks(call));
        while (target != null) {
            target = attempt(call, target, progress, preparation);
        }
    }

    /** One try. Whom to ask next, if anybody. */
    private @Nullable Target attempt(Exchange call, Target target, Progress progress, Preparation preparation) throws IOException {
        Upstreams.Known known;
        Prepared prepared;
        try {
            known = upstreams.named(call.caller().team(), target.upstream());
            prepared = preparation.prepare(known.upstream(), target, dialect(call.route(), known.upstream(), target));
            known.breaker().admit();
        } catch (ModelErrorException e) {
            if (progress.left.isEmpty()) {
                throw e;
            }
            return progress.left.removeFirst();
        }
        var begun = System.nanoTime();
        try {
            call.tally().asks(known.name(), target.model(), known.isTeams());
            known.breaker().run(() -> ask(call, known, prepared));
            call.tally().tried(known.name(), target.model(), call.tally().status, null, System.nanoTime() - begun);
            return null;
        } catch (AskFailure e) {
            note(known, e, System.nanoTime() - begun);
            var status = e.kind() == AskFailure.Kind.REFUSED ? e.told().status() : 0;
            call.tally().tried(known.name(), target.model(), status, e.told().message(), System.nanoTime() - begun);
            return prepared.otherwise().test(e) ? target : afterFailure(call, target, progress, e);
        }
    }

    private static void ask(Exchange call, Upstreams.Known known, Prepared prepared) throws IOException {
        var limits = known.limits();
        call.limits(limits.first(), limits.next(), limits.total());
        var asked = System.nanoTime();
        try (var answer = known.upstream().ask(prepared.ask())) {
            var head = System.nanoTime();
            prepared.relay().relay(prepared.ask(), answer);
            known.health().answered(head - asked, System.nanoTime());
        } catch (AskFailure e) {
            call.failIfEnded(); // then it is no fault of the upstream's
            throw e;
        } finally {
            call.running(null);
        }
    }

    /** Everybody may see how everybody's upstreams are, so the words are ours: a provider's own quote what was sent to it. */
    private void note(Upstreams.Known known, AskFailure failure, long nanos) {
        var status = failure.told().status();
        if (failure.kind() == AskFailure.Kind.REFUSED && status < 500 && status != 402 && status != 429) {
            known.health().answered(nanos, System.nanoTime()); // and was right
            return;
        }
        var kind = failure.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        known.health().failed(kind + " (" + status + ")", clock.instant(), System.nanoTime());
    }

    private @Nullable Target afterFailure(Exchange call, Target target, Progress progress, AskFailure failure) throws IOException {
        var counts = failure.kind() != AskFailure.Kind.KEPT_CONNECTION_CLOSED || progress.freshened;
        progress.tries += counts ? 1 : 0;
        var decision = rules.decide(failure.kind(), failure.told(), progress.standing(call), ThreadLocalRandom.current().nextDouble());
        progress.freshened |= failure.kind() == AskFailure.Kind.KEPT_CONNECTION_CLOSED;
        log.info("call {}: upstream {} did not answer a call of {}: {} ({}), {}", call.id(), target.upstream(), target.model(),
                failure.told().message(), failure.kind(), decision.getClass().getSimpleName());
        return switch (decision) {
            case AttemptRules.Decision.Next() -> progress.left.removeFirst();
            case AttemptRules.Decision.Again(var after) -> {
                progress.waited = progress.waited.plus(after);
                call.pause(after);
                yield target;
            }
            case AttemptRules.Decision.GiveUp(var told) -> throw new ModelErrorException(told);
        };
    }

    /** The client's own, if the upstream speaks it; else the best that the call can be translated into. */
    private static Dialect dialect(Route route, Upstream upstream, Target target) {
        var spoken = upstream.speaks(route.operation(), target.model());
        return spoken.contains(route.dialect())
                ? route.dialect()
                : spoken.stream()
                        .filter(dialect -> Translations.can(route.dialect(), dialect, route.operation()))
                        .findFirst()
                        .orElseThrow(() -> new ModelErrorException(ModelError.of(400, "The upstream '" + upstream.name()
                                        + "' that serves this model cannot be asked this: it speaks " + words(spoken.stream()) + ".")
                                .andNoUseTryingAgain()));
    }

    private static String words(Stream<Dialect> dialects) {
        var words = dialects.map(dialect -> dialect.name().toLowerCase(Locale.ROOT)).toList();
        return words.isEmpty() ? "no dialect that knows it" : String.join(", ", words);
    }

    /** Calls of one run belong together; else those of one session, else nothing does. */
    private static String conversation(Exchange call) {
        var run = call.caller().run();
        return run != null ? run.toString() : Stream.of("trace-id", "x-claude-code-session-id", "session-id")
                .flatMap(name -> call.request().first(name).stream())
                .filter(value -> !value.isBlank())
                .findFirst()
                .orElseGet(() -> call.id().toString());
    }
}
