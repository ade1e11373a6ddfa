// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this replica holds of one budget. Calls take out of it and settle into it without asking anybody; only who holds {@link #leasing}
 * changes how much is leased, and the database's row of it.
 */
final class Purse {

    private static final long SECOND = 1_000_000_000L;

    final ReentrantLock leasing = new ReentrantLock();
    private Amount leased = Amount.NONE;
    /** Reserved by calls that go on, or spent by calls that the database does not know of yet. */
    private Amount taken = Amount.NONE;
    /** Most calls at once since somebody last looked. */
    private long mostCalls;
    private long usedAt;
    private long askedAt;
    private long leasedAt;
    private int calls = BudgetRules.CALLS;

    static Purse asked(@Nullable Purse known, long nanoTime) {
        var purse = known == null ? new Purse() : known;
        purse.asked(nanoTime);
        return purse;
    }

    private synchronized void asked(long nanoTime) {
        askedAt = nanoTime;
    }

    /** Nothing is in it, and nobody has asked for long. */
    synchronized boolean isForgotten(long nanoTime, long longNanos) {
        return nanoTime - askedAt > longNanos && leased.equals(Amount.NONE) && taken.equals(Amount.NONE);
    }

    /** Takes that much, if it is there. */
    synchronized boolean take(Amount amount, long nanoTime) {
        if (!leased.minus(taken).covers(amount)) {
            return false;
        }
        taken = taken.plus(amount);
        mostCalls = Math.max(mostCalls, taken.calls());
        usedAt = nanoTime;
        return true;
    }

    /** What has to be leased for that much to be there. */
    synchronized Amount missing(Amount amount) {
        return amount.minus(leased.minus(taken)).most(Amount.NONE);
    }

    /** For how many calls to lease, so that it lasts for about a second. */
    synchronized int calls(long nanoTime) {
        calls = BudgetRules.calls(calls, leasedAt != 0 && nanoTime - leasedAt < SECOND);
        leasedAt = nanoTime;
        return calls;
    }

    /**
     * Takes that much out of what was leased for it, before anybody else can.
     *
     * @return false: others have taken what was there before
     */
    synchronized boolean leaseAndTake(Amount more, Amount amount, long nanoTime) {
        leased = leased.plus(more);
        usedAt = nanoTime; // somebody waits for a part of it: it does not go back at once
        return take(amount, nanoTime);
    }

    /** A call is over that had reserved something: what it spent stays taken until the database has it. It may be more. */
    synchronized void settle(Amount reserved, Amount spent) {
        taken = taken.minus(reserved).plus(spent);
    }

    /** The database has that, and has taken it out of the lease as far as the lease went. */
    synchronized void booked(Amount spent) {
        taken = taken.minus(spent);
        leased = leased.minus(spent).most(Amount.NONE);
    }

    synchronized Amount leased() {
        return leased;
    }

    synchronized Amount taken() {
        return taken;
    }

    /** Gives back what nobody has asked for in a while, and places of calls as soon as nobody needs them. @return whether that was any */
    synchronized boolean trim(long nanoTime, long idleNanos) {
        var kept = nanoTime - usedAt < idleNanos ? leased : leased.least(taken.most(Amount.NONE));
        kept = kept.withCalls(Math.min(kept.calls(), Math.max(mostCalls, taken.calls())));
        mostCalls = taken.calls();
        var changed = !kept.equals(leased);
        leased = kept;
        return changed;
    }

    /** The lease was lost: what is taken is all that is left of it. */
    synchronized void lost() {
        leased = taken.most(Amount.NONE);
    }
}
