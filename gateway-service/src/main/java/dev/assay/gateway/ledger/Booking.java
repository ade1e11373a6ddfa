// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.budget.Money;
import dev.assay.gateway.budget.Reservation;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A call's place in the ledger while it goes on. Closing it books what the exchange's tally says, once. */
public final class Booking implements AutoCloseable {

    private final Ledger ledger;
    private final Exchange call;
    private final Opened opened;
    private final Reservation reservation;
    /** Of the journal: released when the database has the call. */
    private final List<Journal.Mark> marks = new ArrayList<>(2);
    /** Where its lines are written, one after the other. */
    private final JsonLine line = new JsonLine();
    private final AtomicBoolean closed = new AtomicBoolean();

    Booking(Ledger ledger, Exchange call, Opened opened, Reservation reservation) {
        this.ledger = ledger;
        this.call = call;
        this.opened = opened;
        this.reservation = reservation;
    }

    /** Headers about the caller's own limits, in the words of its dialect; none without limits. They belong to every answer. */
    public Fields headers() {
        return RateHeaders.of(call.route().dialect(), reservation.requests(), opened.at());
    }

    /** What the call has cost so far, in dollars, or {@code unknown}: once its answer is known, for that one's own head. */
    public String cost() {
        var nanos = Bill.of(opened, call.route().operation(), call.tally(), null).nanos();
        return nanos == null ? "unknown" : Money.text(nanos);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            ledger.book(this);
        }
    }

    Exchange call() {
        return call;
    }

    Opened opened() {
        return opened;
    }

    Reservation reservation() {
        return reservation;
    }

    void mark(Journal.@Nullable Mark mark) {
        if (mark != null) {
            marks.add(mark);
        }
    }

    /** For a line of the journal. */
    JsonLine line() {
        return line.clear();
    }

    List<Journal.Mark> marks() {
        return marks;
    }
}
