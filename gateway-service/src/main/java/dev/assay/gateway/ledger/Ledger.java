// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.budget.Budgets;
import dev.assay.gateway.budget.Need;
import dev.assay.gateway.budget.Payer;
import dev.assay.gateway.budget.Reservation;
import dev.assay.gateway.call.AbortedException;
import dev.assay.gateway.call.CodexCli;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.model.ModelResolution;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Who has called which model, and what it cost: every call once, whatever became of it. */
@Component
public class Ledger implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Ledger.class);
    /** Under this name calls are booked that are answered from a recording: they cost nothing, and are held to no budget. */
    public static final String RECORDING = "recording";

    /** A limit by the minute lets everybody pass within one. */
    private static final Duration CODEX_PATIENCE = Duration.ofMinutes(2);

    private final Openings openings;
    private final Budgets budgets;
    private final BookKeeping books;
    private final ObjectProvider<BookedCalls> listeners;
    private final MeterRegistry meters;
    private final Path folder;
    private volatile List<BookedCalls> heard = List.of();
    private volatile @Nullable Journal journal;
    private volatile boolean running;

    Ledger(
            Openings openings,
            Budgets budgets,
            BookKeeping books,
            ObjectProvider<BookedCalls> listeners,
            MeterRegistry meters,
            @Value("${assay.data}") Path data) {
        this.openings = openings;
        this.budgets = budgets;
        this.books = books;
        this.listeners = listeners;
        this.meters = meters;
        meters.counter("assay.ledger.unbooked"); // there from the start: a counter that comes with its first count never rises
        meters.counter("assay.ledger.journal.failures");
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
        var opened = openings.of(call, model, head, body);
        var payer = new Payer(
                call.caller().team().value(),
                call.key(),
                opened.job() == null ? null : opened.job().value(),
                opened.run() == null ? null : opened.run().value());
        var input = opened.input();
        var need = budgets.hold(payer)
                ? opened.need(call.route().operation(), input.most(), input.mostHeld())
                : opened.need(call.route().operation(), input.mostUnseen(), input.mostUnseen());
        var isReplay = model.targets().getFirst().upstream().equals(RECORDING);
        var booking = new Booking(this, call, opened, isReplay ? Reservation.none() : reserve(call, payer, need));
        booking.mark(writeDown(Entries.lost(booking, need, budgets.replica()).line(booking.line())));
        return booking;
    }

    /** Whoever comes too soon is told so; Codex waits, as long as that may help. */
    private Reservation reserve(Exchange call, Payer payer, Need need) {
        for (var waited = Duration.ZERO; ; ) {
            try {
                return budgets.reserve(payer, need, call::pause);
            } catch (ModelErrorException e) {
                var after = e.error().status() != 429 || e.error().retryAfter() == null || !CodexCli.asks(call)
                        ? CODEX_PATIENCE
                        : Duration.ofMillis((long) Math.ceil(e.error().retryAfter() * 1000));
                waited = waited.plus(after);
                if (waited.compareTo(CODEX_PATIENCE) >= 0) {
                    throw e;
                }
                pause(call, after);
            }
        }
    }

    private static void pause(Exchange call, Duration time) {
        try {
            call.pause(time);
        } catch (AbortedException e) {
            throw new ModelErrorException(ModelError.unavailable("The call was ended while it waited for its turn.", 1));
        }
    }

    /** Books a call that ended. */
    void book(Booking booking) {
        try {
            var row = Entries.settled(booking, openings, budgets.replica());
            booking.mark(writeDown(row.line(booking.line())));
            books.add(row, booking.marks());
            heard.forEach(listener -> listener.booked(row));
        } catch (RuntimeException e) {
            log.error("call {} could not be booked", booking.call().id(), e);
            meters.counter("assay.ledger.unbooked").increment();
        }
    }

    /** A disk that takes nothing loses calls only if this process dies before they are booked. */
    private Journal.@Nullable Mark writeDown(JsonLine line) {
        var open = journal;
        if (open == null) {
            return null;
        }
        try {
            return open.append(line.inMemory(), line.length());
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
