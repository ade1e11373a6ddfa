// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.RunPlace;
import dev.assay.gateway.budget.Amount;
import dev.assay.gateway.budget.Money;
import dev.assay.gateway.budget.Need;
import dev.assay.gateway.budget.Reservation.Charge;
import dev.assay.gateway.call.Ending;
import dev.assay.gateway.call.Tally;
import dev.assay.gateway.dialect.Usage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes of a call the row that it is in the books. */
final class Entries {

    private static final UUID NOBODY = new UUID(0, 0);
    private static final int GONE = 499;

    private Entries() {}

    /** What the call would be if this process died now. */
    static CallRow lost(Booking booking, Need need, UUID replica) {
        var input = Math.min(Reckoning.inputOf(booking.opened().input().bytes()), need.tokens());
        var most = new Usage(input, 0, 0, 0, need.tokens() - input, 0, 0, true);
        var opened = booking.opened();
        return row(
                booking, opened.run(), opened.job(), opened.runRef(), null, 0, "lost", "The gateway died before the call ended.",
                null, most, Price.tier(opened.head().serviceTier()), need.nanos() == null ? null : "what was reserved", need.nanos(),
                replica, booking.reservation().whole());
    }

    /** What it was; its reservation is settled by that. */
    static CallRow settled(Booking booking, Openings openings, UUID replica) {
        var call = booking.call();
        var tally = call.tally();
        var opened = booking.opened();
        // whoever writes to a client that left finds out before whoever watches it
        var ending = call.ending()
                .orElse(tally.status == GONE || Ending.GONE.name().equals(tally.error) ? Ending.GONE : null);
        var bill = Bill.of(opened, call.route().operation(), tally, ending);
        var used = bill.used();
        var cost = bill.nanos();
        var last = bill.last();
        var spent = used == null
                ? Amount.NONE
                : new Amount(cost == null ? booking.reservation().amount().nanos() : cost, used.input() + used.output());
        var charges = booking.reservation().settle(spent);
        // a client may tell of its run while the run's first call goes out
        var place = opened.run() == null && opened.runRef() != null
                ? Openings.run(opened.runRef()).filter(id -> openings.place(id, call.caller().team(), false).isPresent())
                : Optional.<RunId>empty();
        var run = place.orElse(opened.run());
        var job = opened.job() != null || run == null
                ? opened.job()
                : openings.place(run, call.caller().team(), false).map(RunPlace::job).orElse(null);
        return row(
                booking,
                run,
                job,
                place.isPresent() ? null : opened.runRef(),
                bill,
                ending == Ending.GONE ? GONE : tally.status,
                ending(ending, tally),
                error(tally),
                tally.firstByteNanos == 0 ? null : millis(tally.firstByteNanos - tally.beganNanos()),
                used,
                last == null ? null : last.serviceTier(),
                last == null || last.price() == null ? null : last.price().name(),
                cost,
                replica,
                charges);
    }

    /** @param bill null: the call has not ended */
    private static CallRow row(
            Booking booking,
            @Nullable RunId run,
            @Nullable JobId job,
            @Nullable String runRef,
            @Nullable Bill bill,
            int status,
            String ending,
            @Nullable String error,
            @Nullable Long firstMillis,
            @Nullable Usage used,
            @Nullable String serviceTier,
            @Nullable String price,
            @Nullable Long cost,
            UUID replica,
            List<Charge> charges) {
        var call = booking.call();
        var opened = booking.opened();
        var caller = call.caller();
        var tally = bill == null ? null : call.tally();
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
                bill == null ? null : tries(bill),
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
                serviceTier,
                tally == null ? null : tally.checkpoint,
                replica,
                charges);
    }

    /** What a single try was the row says itself, unless it came to nothing. */
    private static @Nullable List<CallRow.Tried> tries(Bill bill) {
        var last = bill.last();
        return last == null || bill.parts().size() == 1 && last.of().error() == null
                ? null
                : bill.parts().stream().map(Entries::tried).toList();
    }

    private static CallRow.Tried tried(Bill.Part part) {
        var one = part.of();
        var used = part.used();
        return new CallRow.Tried(
                one.upstream(),
                one.model(),
                one.status(),
                millis(one.nanos()),
                one.error(),
                used == null ? null : used.input(),
                used == null ? null : used.cached(),
                used == null ? null : used.output(),
                used == null ? null : used.reasoning(),
                part.serviceTier(),
                used == null || part.price() == null ? null : part.price().name(),
                part.nanos() == null ? null : Money.dollars(part.nanos()));
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
}
