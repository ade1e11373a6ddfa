// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunPlace;
import dev.assay.gateway.budget.Amount;
import dev.assay.gateway.budget.Budgets;
import dev.assay.gateway.budget.Need;
import dev.assay.gateway.budget.Payer;
import dev.assay.gateway.budget.Reservation;
import dev.assay.gateway.budget.Reservation.Charge;
import dev.assay.gateway.call.Ending;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.call.Tally;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.Usage;
import dev.assay.gateway.model.ModelResolution;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Who has called which model, and what it cost: every call once, whatever became of it. */
@Component
public class Ledger implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Ledger.class);
    /** Under this name calls are booked that are answered from a recording: they cost nothing, and are held to no budget. */
    public static final String RECORDING = "recording";

    private static final UUID NOBODY = new UUID(0, 0);
    private static final int GONE = 499;

    private final Prices prices;
    private final Budgets budgets;
    private final RunPlaces places;
    private final BookKeeping books;
    private final ObjectProvider<BookedCalls> listeners;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Path folder;
    private volatile List<BookedCalls> heard = List.of();
    private volatile @Nullable Journal journal;
    private volatile boolean running;

    Ledger(
            Prices prices,
            Budgets budgets,
            RunPlaces places,
            BookKeeping books,
            ObjectProvider<BookedCalls> listeners,
            Clock clock,
            MeterRegistry meters,
            @Value("${assay.data}") Path data) {
        this.prices = prices;
        this.budgets = budgets;
        this.places = places;
        this.books = books;
        this.listeners = listeners;
        this.clock = clock;
        this.meters = meters;
        this.folder = data.resolve("gateway").resolve("calls");
    }

    /**
     * Takes a call in, and reserves what it may cost at most.
     *
     * @param body of the request, which stays as it is until the booking is closed
     * @throws ModelErrorException 402 or 429 if a budget or a limit does not take it, 403 if a budget is in money and the price is unknown,
     *     503 if calls cannot be booked now
     */
    public Booking open(Exchange call, ModelResolution model, CallHead head, Body body) {
        if (books.isFull()) {
            throw new ModelErrorException(ModelError.unavailable("Calls cannot be booked just now. Try again.", 5));
        }
        var opened = opened(call, model, head, body);
        var payer = new Payer(
                call.caller().team().value(),
                call.key(),
                opened.job() == null ? null : opened.job().value(),
                opened.run() == null ? null : opened.run().value());
        var need = need(call, model, opened, budgets.hold(payer) ? opened.input().most() : opened.input().mostUnseen());
        var isReplay = model.targets().getFirst().upstream().equals(RECORDING);
        var booking = new Booking(this, call, opened, isReplay ? Reservation.none() : budgets.reserve(payer, need, call::pause));
        booking.mark(writeDown(lost(booking, need).line()));
        return booking;
    }

    private Opened opened(Exchange call, ModelResolution model, CallHead head, Body body) {
        var at = clock.instant();
        var known = new HashMap<ModelResolution.Target, Price>();
        try {
            for (var target : model.targets()) {
                price(call.caller().team(), model.slug(), target, at).ifPresent(price -> known.put(target, price));
            }
        } catch (DataAccessException | TransactionException e) {
            log.error("prices cannot be looked up", e);
            throw new ModelErrorException(ModelError.unavailable("Prices cannot be looked up just now. Try again.", 2));
        }
        var named = call.caller().run() == null ? call.request().first("trace-id").orElse(null) : null;
        var run = call.caller().run() == null ? Optional.ofNullable(named).flatMap(Ledger::run) : Optional.of(call.caller().run());
        var place = run.flatMap(id -> place(id, call.caller().team(), true));
        return new Opened(
                at,
                head,
                model.slug(),
                new Input(call.route().dialect(), body),
                call.caller().run() != null || place.isPresent() ? run.orElse(null) : null,
                place.isPresent() ? null : named,
                place.map(RunPlace::job).orElse(null),
                model.targets(),
                Map.copyOf(known));
    }

    /** By what the upstream calls it: the catalog's name may be anybody's choice, and counts only where that one is unknown. */
    private Optional<Price> price(TeamId team, String slug, ModelResolution.Target target, Instant at) {
        if (target.upstream().equals(RECORDING)) {
            return Optional.of(Price.RECORDED);
        }
        return prices.find(team, List.of(target.model()), target.upstream(), at)
                .or(() -> prices.find(team, List.of(slug), target.upstream(), at));
    }

    /** @param held whether its budgets depend on it: then it must be known */
    private Optional<RunPlace> place(RunId run, TeamId team, boolean held) {
        try {
            return places.find(run, team);
        } catch (RunPlaces.AwayException e) {
            if (held && budgets.areOfRuns(team.value())) {
                throw new ModelErrorException(
                        ModelError.unavailable("It cannot be told just now which budgets the run is held to. Try again.", 2));
            }
            return Optional.empty();
        }
    }

    /** What is no id of a run names none. */
    static Optional<RunId> run(String named) {
        try {
            return Optional.of(new RunId(RunRef.ofRun("Trace-Id", named).id()));
        } catch (Problem e) {
            return Optional.empty();
        }
    }

    private static Need need(Exchange call, ModelResolution model, Opened opened, long input) {
        Long nanos = 0L;
        var tokens = 0L;
        var usual = Reckoning.most(call.route().operation(), input, opened.head().maxOutput(), null);
        for (var target : model.targets()) {
            var price = opened.prices().get(target);
            var most = Reckoning.most(call.route().operation(), input, opened.head().maxOutput(), price);
            tokens = Math.max(tokens, most.input() + most.output());
            nanos = nanos == null || price == null ? null : Long.valueOf(Math.max(nanos, price.most(most)));
        }
        return new Need(model.slug(), nanos, tokens, usual.input() + usual.output());
    }

    /** What the call would be if this process died now. */
    private CallRow lost(Booking booking, Need need) {
        var input = Math.min(Reckoning.inputOf(booking.opened().input().bytes()), need.tokens());
        var most = new Usage(input, 0, 0, 0, need.tokens() - input, 0, 0, true);
        return row(
                booking, booking.opened().run(), booking.opened().job(), booking.opened().runRef(), null, 0, "lost",
                "The gateway died before the call ended.",
                null, most, need.nanos() == null ? null : "what was reserved", need.nanos(), booking.reservation().whole());
    }

    /** Books a call that ended. */
    void book(Booking booking) {
        try {
            var row = settled(booking);
            var line = row.line();
            booking.mark(writeDown(line));
            books.add(row, line, booking.marks());
            heard.forEach(listener -> listener.booked(row));
        } catch (RuntimeException e) {
            log.error("call {} could not be booked", booking.call().id(), e);
            meters.counter("assay.ledger.unbooked").increment();
        }
    }

    private CallRow settled(Booking booking) {
        var call = booking.call();
        var tally = call.tally();
        var opened = booking.opened();
        // whoever writes to a client that left finds out before whoever watches it
        var ending = call.ending()
                .orElse(tally.status == GONE || Ending.GONE.name().equals(tally.error) ? Ending.GONE : null);
        var asked = tally.upstream != null || tally.tryCount() > 0;
        var brokenOff = ending != null || tally.error != null && tally.status < 400 && tally.bytesOut > 0;
        var used = Reckoning.used(
                Reckoning.plausible(tally.usage()), asked, tally.status, brokenOff, opened.head().streamed(),
                opened.input(), tally.bytesOut);
        var price = opened.price(tally);
        var cost = Reckoning.cost(price, used, call.route().operation());
        var spent = used == null
                ? Amount.NONE
                : new Amount(cost.orElse(booking.reservation().amount().nanos()), used.input() + used.output());
        var charges = booking.reservation().settle(spent);
        // a client may tell of its run while the run's first call goes out
        var place = opened.run() == null && opened.runRef() != null
                ? run(opened.runRef()).filter(id -> place(id, call.caller().team(), false).isPresent())
                : Optional.<RunId>empty();
        var run = place.orElse(opened.run());
        var job = opened.job() != null || run == null
                ? opened.job()
                : place(run, call.caller().team(), false).map(RunPlace::job).orElse(null);
        return row(
                booking,
                run,
                job,
                place.isPresent() ? null : opened.runRef(),
                tally,
                ending == Ending.GONE ? GONE : tally.status,
                ending(ending, tally),
                error(tally),
                tally.firstByteNanos == 0 ? null : millis(tally.firstByteNanos - tally.beganNanos()),
                used,
                price == null ? null : price.name(),
                cost.orElse(null),
                charges);
    }

    private CallRow row(
            Booking booking,
            @Nullable RunId run,
            @Nullable JobId job,
            @Nullable String runRef,
            @Nullable Tally tally,
            int status,
            String ending,
            @Nullable String error,
            @Nullable Long firstMillis,
            @Nullable Usage used,
            @Nullable String price,
            @Nullable Long cost,
            List<Charge> charges) {
        var call = booking.call();
        var opened = booking.opened();
        var caller = call.caller();
        return new CallRow(
                call.id(),
                opened.at(),
                caller.team().value(),
                call.key(),
                caller.user().value().equals(NOBODY) ? null : caller.user().value(),
                run == null ? null : run.value(),
                runRef,
                job == null ? null : job.value(),
                caller.attempt(),
                word(call.route().dialect()),
                word(call.route().operation()),
                opened.head().model(),
                opened.model(),
                tally == null ? null : tally.servedModel,
                tally == null ? null : tally.upstream,
                status,
                ending,
                error,
                tally == null ? 0 : tally.tryCount(),
                tally == null ? null : tries(tally),
                opened.head().streamed(),
                firstMillis,
                millis(System.nanoTime() - call.tally().beganNanos()),
                call.tally().bytesIn,
                call.tally().bytesOut,
                used == null ? null : used.input(),
                used == null ? null : used.cached(),
                used == null ? null : used.cacheWrite() + used.cacheWriteLong(),
                used == null ? null : used.output(),
                used == null ? null : used.reasoning(),
                used == null ? null : used.images(),
                used != null && used.estimated(),
                price,
                cost,
                tally == null ? null : tally.finish,
                call.request().first("x-request-id").orElse(call.id().toString()),
                budgets.replica(),
                charges);
    }

    /** What a single try was that came to its end the row says itself. */
    private static @Nullable List<CallRow.Tried> tries(Tally tally) {
        var last = tally.lastTry();
        if (last == null || last.error() == null && tally.tryCount() == 1) {
            return null;
        }
        return tally.tries().stream()
                .map(one -> new CallRow.Tried(one.upstream(), one.status(), millis(one.nanos()), one.error()))
                .toList();
    }

    private static String ending(@Nullable Ending ending, Tally tally) {
        if (ending == null) {
            return tally.error == null && tally.status < 400 ? "done" : "failed";
        }
        return switch (ending) {
            case GONE -> "gone";
            case CUT -> "cut";
            case DRAINED -> "drained";
            case LATE_WHOLE, DEADLINE -> "late";
        };
    }

    private static @Nullable String error(Tally tally) {
        var last = tally.lastTry();
        return tally.error != null || tally.status < 400 || last == null ? tally.error : last.error();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static long millis(long nanos) {
        return Math.max(0, nanos / 1_000_000);
    }

    /** A disk that takes nothing loses calls only if this process dies before they are booked. */
    private Journal.@Nullable Mark writeDown(byte[] line) {
        var open = journal;
        if (open == null) {
            return null;
        }
        try {
            return open.append(line);
        } catch (IOException e) {
            log.error("the journal of calls cannot be written: {}", e.toString());
            meters.counter("assay.ledger.journal.failures").increment();
            return null;
        }
    }

    /** Books what other processes left behind in this folder, and begins a journal of its own. */
    @Override
    public void start() {
        heard = listeners.stream().toList();
        books.setsAsideIn(folder);
        try {
            var found = Journal.recover(folder, books::recovered);
            if (found > 0) {
                log.warn("{} calls of a gateway that died are booked now", found);
            }
            journal = new Journal(folder, UUID.randomUUID()); // each start has a folder of its own
        } catch (IOException e) {
            log.error("there is no journal of calls: those that are not booked when this process dies are lost: {}", e.toString());
        }
        books.start();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        books.stop();
        var open = journal;
        journal = null;
        try {
            if (open != null) {
                open.close(); // what is not booked stays in it, for the next start
            }
        } catch (IOException e) {
            log.warn("the journal of calls stays: {}", e.toString());
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before the server takes calls, and until it has served the last. */
    @Override
    public int getPhase() {
        return 0;
    }
}
