// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.budget.Budgets;
import dev.assay.gateway.budget.Reservation.Charge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Gets ended calls into the database, many at a time, on a thread of its own. While there is no database they wait; a row that the database
 * will never take is set aside, counted, and holds up nothing.
 */
@Component
class BookKeeping {

    private static final Logger log = LoggerFactory.getLogger(BookKeeping.class);
    private static final Duration REST = Duration.ofSeconds(1);
    private static final Duration LAST = Duration.ofSeconds(8);
    private static final int MOST_WAITING = 50_000;

    private final CallRows rows;
    private final Budgets budgets;
    private final TransactionTemplate transactions;
    private final MeterRegistry meters;
    private final LinkedBlockingQueue<Ended> waiting = new LinkedBlockingQueue<>();
    private final Portions<Ended> portions = new Portions<>(waiting, () -> this.stopping);
    private volatile boolean stopping;
    private @Nullable Thread thread;
    private volatile @Nullable Path folder;
    /** Each is spent already: a journal may tell of it again. */
    private final Set<UUID> aside = ConcurrentHashMap.newKeySet();

    BookKeeping(CallRows rows, Budgets budgets, TransactionTemplate transactions, MeterRegistry meters) {
        this.rows = rows;
        this.budgets = budgets;
        this.transactions = transactions;
        this.meters = meters;
        meters.gauge("assay.ledger.waiting", waiting, LinkedBlockingQueue::size);
        meters.counter("assay.ledger.aside"); // there from the start: a counter that comes with its first count never rises
    }

    /** A call, and its lines in the journal. */
    private record Ended(CallRow row, List<Journal.Mark> marks) {}

    /** So many calls wait that no more can be taken: the database has been away for long. */
    boolean isFull() {
        return waiting.size() >= MOST_WAITING;
    }

    void add(CallRow row, List<Journal.Mark> marks) {
        waiting.add(new Ended(row, marks));
    }

    /**
     * Before anything is booked.
     *
     * @param to the folder of what the database does not take
     */
    void setsAsideIn(Path to) {
        folder = to;
        try {
            aside.addAll(Journal.aside(to));
        } catch (IOException e) {
            log.error("what was set aside cannot be read: {}", e.toString());
        }
    }

    void start() {
        stopping = false;
        thread = Thread.ofPlatform().name("ledger").daemon().start(this::keep);
    }

    /** Books what waits, if that can be done soon. */
    void stop() {
        stopping = true;
        try {
            if (thread != null) {
                thread.join(LAST);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep() {
        while (!stopping || !waiting.isEmpty()) {
            try {
                var batch = portions.next();
                if (!batch.isEmpty()) {
                    book(batch);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | InternalError e) { // the journal is mapped memory, and its disk may fail
                log.error("calls could not be booked", e);
            }
        }
        budgets.giveBack();
    }

    private void book(List<Ended> batch) throws InterruptedException {
        if (!areCopied(batch)) {
            book(batch, Fault.SUSPECTED_AFTER);
        }
    }

    /**
     * Books calls as such that were never told before, as nearly all are. Whatever is the matter, that one is booked already or that the
     * database is away, is looked at by whoever then books them in the way that takes anything.
     */
    private boolean areCopied(List<Ended> batch) {
        var calls = batch.stream().map(Ended::row).toList();
        if (calls.stream().anyMatch(CallRow::usedElsewhere)) {
            return false;
        }
        try {
            budgets.booking(charges(calls), () -> transactions.executeWithoutResult(transaction -> {
                rows.copy(calls);
                count(calls);
            }));
        } catch (DataAccessException | TransactionException e) {
            meters.counter("assay.ledger.uncopied").increment(calls.size());
            log.debug("{} calls are not copied: {}", calls.size(), e.toString());
            return false;
        }
        batch.forEach(BookKeeping::release);
        return true;
    }

    /** @param patience after how many failures a row is looked at as their reason, where the database does not say so */
    private void book(List<Ended> batch, int patience) throws InterruptedException {
        RuntimeException refused = null;
        for (var failures = 1; ; failures++) {
            try {
                if (refused == null) {
                    write(batch);
                } else {
                    setAside(batch.getFirst(), refused);
                }
                batch.forEach(BookKeeping::release);
                return;
            } catch (DataAccessException | TransactionException e) {
                if (!Fault.isOfRows(e, failures, patience, this::booksOthers)) {
                    // whatever it is: it may be mended, and the calls are still there then
                    log.warn("{} calls cannot be booked just now: {}", batch.size() + waiting.size(), e.toString());
                    if (stopping) {
                        waiting.addAll(batch);
                        throw new InterruptedException();
                    }
                    Thread.sleep(REST);
                } else if (batch.size() > 1) {
                    for (var one : batch) {
                        book(List.of(one), 1);
                    }
                    return;
                } else if (refused != null) {
                    setAside(batch.getFirst().row(), e);
                    batch.forEach(BookKeeping::release);
                    return;
                } else {
                    refused = e;
                    failures = 0;
                }
            }
        }
    }

    /** Whether the database takes calls, of nobody's: none is left behind. */
    private boolean booksOthers() {
        try {
            transactions.executeWithoutResult(transaction -> {
                transaction.setRollbackOnly();
                rows.book(List.of(Fault.harmless().line()));
                rows.add(List.of(Fault.harmless()));
            });
            return true;
        } catch (DataAccessException | TransactionException e) {
            return false;
        }
    }

    /** A row that is never taken. What it cost is spent all the same: the row is at fault, not the sum. */
    private void setAside(Ended call, RuntimeException why) {
        budgets.booking(call.row().charges(), () -> spend(call.row()));
        setAside(call.row(), why);
    }

    private void setAside(CallRow row, RuntimeException why) {
        log.error("call {} is set aside, the database does not take it: {}", row, why.toString());
        meters.counter("assay.ledger.aside").increment();
        var to = folder;
        try {
            if (to != null) {
                Journal.setAside(to, row.line());
                aside.add(row.id());
            }
        } catch (IOException e) {
            log.error("nor does the disk: {}", e.toString());
        }
    }

    private static void release(Ended call) {
        call.marks().forEach(Journal.Mark::release);
    }

    private void write(List<Ended> batch) {
        var calls = batch.stream().map(Ended::row).toList();
        budgets.booking(charges(calls), () -> insert(calls));
    }

    /** Calls of a process that is no more. What it held of budgets is still its own, until the time of that is over. */
    void recovered(List<CallRow> told) {
        var calls = told.stream().filter(call -> !aside.contains(call.id())).toList(); // those are spent already
        for (var from = 0; from < calls.size(); from += Portions.MOST) {
            var part = calls.subList(from, Math.min(calls.size(), from + Portions.MOST));
            try {
                insert(part);
            } catch (DataAccessException | TransactionException e) {
                requireOfRows(e);
                part.forEach(this::recovered);
            }
        }
    }

    private void recovered(CallRow call) {
        try {
            insert(List.of(call));
        } catch (DataAccessException | TransactionException e) {
            requireOfRows(e);
            if (aside.contains(call.id())) {
                return; // it was set aside and spent before, by this start or one before it
            }
            try {
                spend(call);
            } catch (DataAccessException | TransactionException x) {
                requireOfRows(x);
            }
            setAside(call, e);
        }
    }

    /** Else the journal stays as it is, for the next start. */
    private void requireOfRows(RuntimeException e) {
        if (!Fault.isOfRows(e, 1, 1, this::booksOthers)) {
            throw e;
        }
    }

    private void spend(CallRow call) {
        transactions.executeWithoutResult(transaction -> budgets.spend(call.charges(), call.replica()));
    }

    private void insert(List<CallRow> calls) {
        var lines = calls.stream().map(CallRow::line).toList();
        var elsewhere = calls.stream().filter(CallRow::usedElsewhere).map(CallRow::id).toList();
        transactions.executeWithoutResult(transaction -> {
            if (!elsewhere.isEmpty()) {
                rows.take(lines);
            }
            var fresh = rows.book(lines);
            count(calls.stream().filter(call -> fresh.contains(call.id())).toList());
            if (!elsewhere.isEmpty()) {
                rows.share(elsewhere.stream().filter(fresh::contains).toList());
            }
        });
    }

    /** Of calls that are booked now: their sums, and what was spent. */
    private void count(List<CallRow> fresh) {
        if (fresh.isEmpty()) {
            return;
        }
        rows.add(fresh);
        fresh.stream().map(CallRow::replica).distinct().forEach(replica -> budgets.spend(
                charges(fresh.stream().filter(call -> call.replica().equals(replica)).toList()), replica));
    }

    private static List<Charge> charges(List<CallRow> calls) {
        return calls.stream().flatMap(call -> call.charges().stream()).toList();
    }
}
