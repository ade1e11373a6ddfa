// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What calls add to the sums of their hours, which have a row for each of these keys. */
final class HourSums {

    private static final UUID NOBODY = new UUID(0, 0);

    private record Key(UUID team, Instant hour, UUID key, UUID job, String model, String upstream) {}

    private long calls;
    private long errors;
    private long input;
    private long cached;
    private long output;
    private long reasoning;
    /** Of several calls it may be more than the database takes. */
    private BigInteger costNanos = BigInteger.ZERO;
    private long unpriced;
    private long estimated;
    private long firstMs;
    private long firstOf;
    private long totalMs;

    private HourSums() {}

    /** @return rows of {@code usage_hours}, as a list of JSON */
    static byte[] of(List<CallRow> calls) {
        var sums = new HashMap<Key, HourSums>();
        for (var call : calls) {
            sums.computeIfAbsent(key(call), key -> new HourSums()).add(call);
        }
        var json = new JsonLine().openList();
        for (Map.Entry<Key, HourSums> each : sums.entrySet()) {
            each.getValue().write(each.getKey(), json.open());
        }
        return json.closeList().bytes();
    }

    private static Key key(CallRow call) {
        return new Key(
                call.teamId(), call.at().truncatedTo(ChronoUnit.HOURS), Objects.requireNonNullElse(call.keyId(), NOBODY),
                Objects.requireNonNullElse(call.jobId(), NOBODY), call.model(), Objects.requireNonNullElse(call.upstream(), ""));
    }

    private void add(CallRow call) {
        calls++;
        errors += call.ending().equals("done") ? 0 : 1;
        input += known(call.input());
        cached += known(call.cached());
        output += known(call.output());
        reasoning += known(call.reasoning());
        costNanos = costNanos.add(BigInteger.valueOf(known(call.costNanos())));
        unpriced += call.costNanos() == null ? 1 : 0;
        estimated += call.estimated() ? 1 : 0;
        firstMs += known(call.firstMs());
        firstOf += call.firstMs() == null ? 0 : 1;
        totalMs += call.totalMs();
    }

    private static long known(@Nullable Long number) {
        return number == null ? 0 : number;
    }

    private void write(Key key, JsonLine row) {
        row.id("team_id", key.team)
                .time("hour", key.hour)
                .id("key_id", key.key)
                .id("job_id", key.job)
                .text("model", key.model)
                .text("upstream", key.upstream)
                .number("calls", calls)
                .number("errors", errors)
                .number("input", input)
                .number("cached", cached)
                .number("output", output)
                .number("reasoning", reasoning)
                .raw("cost_nanos", costNanos.toString())
                .number("unpriced", unpriced)
                .number("estimated", estimated)
                .number("first_ms", firstMs)
                .number("first_of", firstOf)
                .number("total_ms", totalMs)
                .close();
    }
}
