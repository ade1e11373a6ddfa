// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this replica may let pass of one budget's minute, until its lease is over. Calls take out of it without asking anybody; only who
 * holds {@link #leasing} leases more. Times are of {@link System#nanoTime()}, seconds are the database's.
 */
final class Limiter {

    private static final long LIFE = RateRules.LIFE * 1_000_000_000L;

    final ReentrantLock leasing = new ReentrantLock();
    private long second;
    private long until;
    private Amount left = Amount.NONE;
    /** What nobody had when that was leased. */
    private Amount others = Amount.NONE;
    /** Of leases, by their second: what came back of them, which the database does not know yet. */
    private Map<Long, Amount> back = new HashMap<>();
    /** What calls used beyond what they took, which the database does not know yet. */
    private Amount owed = Amount.NONE;
    private int calls = BudgetRules.CALLS;
    private boolean used;
    private long usedAt;
    private Amount refused = Amount.NONE;
    private long refusedUntil;
    private RateRules.Answer.@Nullable Wait why;

    private Limiter(long now) {
        until = now;
    }

    /** What the database is told: what came back, and what is owed. */
    record Corrections(Map<Long, Amount> back, Amount owed) {

        boolean isNothing() {
            return back.isEmpty() && owed.isNothing();
        }
    }

    static Limiter used(@Nullable Limiter known, long now) {
        var limiter = known == null ? new Limiter(now) : known;
        synchronized (limiter) {
            limiter.usedAt = now;
        }
        return limiter;
    }

    /** Nobody has asked for long, and the database knows everything. */
    synchronized boolean isForgotten(long now, long longNanos) {
        return now - usedAt > longNanos && back.isEmpty() && owed.isNothing() && left.isNothing();
    }

    /** Takes that much, if it is there. @return out of the lease of which second; -1: it is not there */
    synchronized long take(Amount amount, long now) {
        if (!has(amount, now)) {
            return -1;
        }
        left = left.minus(amount);
        return second;
    }

    synchronized boolean has(Amount amount, long now) {
        return now - until < 0 && left.covers(amount);
    }

    /** For how many calls to lease, so that it lasts for about as long as a lease is good. */
    synchronized int calls(long now) {
        calls = BudgetRules.calls(calls, used && now - until < 0);
        used = true;
        return calls;
    }

    /** What the database was told before, and then this was leased. @param asked when it was asked for */
    synchronized void lease(long of, Amount amount, Amount leftForOthers, long asked) {
        second = of;
        left = amount;
        others = leftForOthers;
        until = asked + LIFE;
    }

    /** A call is over that took so much, or did not go out. It may have used more. */
    synchronized void ended(long of, Amount took, Amount spent) {
        var more = spent.minus(took);
        owed = owed.plus(more.most(Amount.NONE));
        giveBack(of, Amount.NONE.minus(more.least(Amount.NONE)));
    }

    private void giveBack(long of, Amount amount) {
        if (!amount.isNothing()) {
            back.merge(of, amount, Amount::plus);
        }
    }

    /** What the database has to be told, with what is left of a lease that is over or to be replaced. */
    synchronized Corrections corrections(long now, boolean replaced) {
        if (replaced || now - until >= 0) {
            giveBack(second, left);
            left = Amount.NONE;
        }
        var corrections = new Corrections(back, owed);
        back = new HashMap<>();
        owed = Amount.NONE;
        return corrections;
    }

    /** It could not be told. */
    synchronized void untold(Corrections corrections) {
        corrections.back().forEach(this::giveBack);
        owed = owed.plus(corrections.owed());
    }

    /** So much is not there: until then nobody asks the database for it again. */
    synchronized void refuse(Amount need, RateRules.Answer.Wait wait, long end) {
        refused = need;
        why = wait;
        refusedUntil = end;
    }

    /** @return null: it may be asked for */
    synchronized RateRules.Answer.@Nullable Wait refusal(Amount need, long now) {
        return now - refusedUntil < 0 && need.covers(refused) ? why : null;
    }

    /** Requests that are left, here and for whoever leases. */
    synchronized long remaining() {
        return Math.max(0, left.calls() + others.calls());
    }
}
