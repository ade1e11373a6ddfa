// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunPlace;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Gives calls to the run and job that they named, where these became known only after the call was booked: clients tell of their runs while
 * their first calls go on. Each call is looked at a few times, whoever booked it, and never again: a run that it makes known here is
 * remembered and asked for. Under load every call may be of a run without a job.
 */
@Component
class LateRuns {

    private static final Logger log = LoggerFactory.getLogger(LateRuns.class);

    /** Of a team, at a time. */
    private static final int MOST_SEEN = 1_000;

    private final JdbcClient jdbc;
    private final RunPlaces places;
    private final ObjectProvider<BookedCalls> listeners;
    private final Clock clock;
    private final AwaitedRuns awaited = new AwaitedRuns();

    /** A call is there when it has ended: most soon after they began, some much later. The last look leaves time to look once more. */
    private final Look[] looks = Stream.of(
                    Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofMinutes(3), Duration.ofMinutes(7), AwaitedRuns.LATE.minusSeconds(45))
            .map(after -> new Look(after, null))
            .toArray(Look[]::new);

    LateRuns(JdbcClient jdbc, RunPlaces places, ObjectProvider<BookedCalls> listeners, Clock clock) {
        this.jdbc = jdbc;
        this.places = places;
        this.listeners = listeners;
        this.clock = clock;
    }

    @Scheduled(fixedDelayString = "${assay.ledger.join}", initialDelayString = "${assay.ledger.join}")
    void join() {
        var now = clock.instant();
        try {
            for (var each = 0; each < looks.length; each++) {
                var slice = looks[each].next(now);
                look(slice);
                looks[each] = looks[each].done(slice);
            }
            for (var run : awaited.next(now)) {
                awaited.asked(run, now);
                find(run, now);
            }
        } catch (RunPlaces.AwayException | DataAccessException | TransactionException e) {
            log.warn("calls are given to their runs when that can be asked again: {}", e.toString());
        }
    }

    /** A run whose calls cannot be joined to it holds up no other. */
    private void find(AwaitedRuns.Run run, Instant now) {
        try {
            Openings.run(run.ref()).ifPresent(id -> places.find(id, new TeamId(run.team()))
                    .filter(place -> place.job() != null || awaited.isUnknown(run))
                    .ifPresent(place -> join(run, id, place, now.minus(AwaitedRuns.LATE))));
        } catch (DataAccessException | TransactionException e) {
            log.warn("the calls of run {} cannot be given to it now: {}", run.ref(), e.toString());
        }
    }

    /** What names no run at all is never asked for. */
    private void look(Look.Slice slice) {
        jdbc.sql(
                        """
                        with named as (
                            select team_id, run_id, run_ref, max(at) as at
                            from calls
                            where job_id is null and (run_id is not null or run_ref is not null) and at >= :from and at < :to
                            group by 1, 2, 3),
                        placed as (select *, row_number() over (partition by team_id order by at desc) as place from named)
                        select team_id, coalesce(run_id::text, run_ref) as ref, run_id is null as unknown, at from placed where place <= :most
                        """)
                .param("from", slice.from().atOffset(ZoneOffset.UTC))
                .param("to", slice.to().atOffset(ZoneOffset.UTC))
                .param("most", MOST_SEEN)
                .query(row -> {
                    if (Openings.run(row.getString("ref")).isPresent()) {
                        awaited.saw(
                                new AwaitedRuns.Run(row.getObject("team_id", UUID.class), row.getString("ref")),
                                row.getObject("at", OffsetDateTime.class).toInstant(), row.getBoolean("unknown"));
                    }
                });
    }

    private void join(AwaitedRuns.Run named, RunId run, RunPlace place, Instant since) {
        var joined = join(named, run.value(), place.job() == null ? null : place.job().value(), since);
        if (place.job() == null) {
            awaited.isKnown(named);
        } else {
            awaited.hasJob(named);
        }
        joined.forEach(line -> {
            var call = CallRow.read(line);
            listeners.forEach(listener -> listener.booked(call));
        });
    }

    /** What the hours have added up goes along; whoever comes second finds nothing. A call's shares are looked for by its id. */
    static final String JOIN =
            """
            with joined as (
                update calls set run_id = :run, run_ref = null, job_id = :job::uuid
                where team_id = :team and at >= :since and job_id is null
                    and (run_id is null and run_ref = :ref or run_id = :run and :job::uuid is not null)
                returning *),
            sums as (
                select date_trunc('hour', shares.at, 'UTC') as hour,
                    coalesce(shares.key_id, '00000000-0000-0000-0000-000000000000') as key_id, shares.model,
                    coalesce(shares.upstream, '') as upstream,
                    sum(shares.calls) as calls, sum(shares.errors) as errors, sum(shares.input) as input,
                    sum(shares.cached) as cached, sum(shares.output) as output, sum(shares.reasoning) as reasoning,
                    sum(shares.cost_nanos) as cost_nanos, sum(shares.unpriced) as unpriced,
                    sum(shares.estimated) as estimated, sum(shares.first_ms) as first_ms,
                    sum(shares.first_of) as first_of, sum(shares.total_ms) as total_ms
                from joined cross join lateral (
                    select * from call_shares where call_shares.id = joined.id offset 0) as shares
                where :job::uuid is not null
                group by 1, 2, 3, 4),
            taken as (
                update usage_hours as hours set
                    calls = hours.calls - sums.calls, errors = hours.errors - sums.errors, input = hours.input - sums.input,
                    cached = hours.cached - sums.cached, output = hours.output - sums.output,
                    reasoning = hours.reasoning - sums.reasoning, cost_nanos = hours.cost_nanos - sums.cost_nanos,
                    unpriced = hours.unpriced - sums.unpriced, estimated = hours.estimated - sums.estimated,
                    first_ms = hours.first_ms - sums.first_ms, first_of = hours.first_of - sums.first_of,
                    total_ms = hours.total_ms - sums.total_ms
                from sums
                where hours.team_id = :team and hours.hour = sums.hour and hours.key_id = sums.key_id
                    and hours.job_id = '00000000-0000-0000-0000-000000000000' and hours.model = sums.model
                    and hours.upstream = sums.upstream),
            added as (
                insert into usage_hours (team_id, hour, key_id, job_id, model, upstream, calls, errors, input, cached, output,
                    reasoning, cost_nanos, unpriced, estimated, first_ms, first_of, total_ms)
                select :team, hour, key_id, :job::uuid, model, upstream, calls, errors, input, cached, output, reasoning,
                    cost_nanos, unpriced, estimated, first_ms, first_of, total_ms
                from sums
                order by hour, key_id, model, upstream
                on conflict (team_id, hour, key_id, job_id, model, upstream) do update set
                    calls = usage_hours.calls + excluded.calls, errors = usage_hours.errors + excluded.errors,
                    input = usage_hours.input + excluded.input, cached = usage_hours.cached + excluded.cached,
                    output = usage_hours.output + excluded.output, reasoning = usage_hours.reasoning + excluded.reasoning,
                    cost_nanos = usage_hours.cost_nanos + excluded.cost_nanos,
                    unpriced = usage_hours.unpriced + excluded.unpriced, estimated = usage_hours.estimated + excluded.estimated,
                    first_ms = usage_hours.first_ms + excluded.first_ms, first_of = usage_hours.first_of + excluded.first_of,
                    total_ms = usage_hours.total_ms + excluded.total_ms)
            select convert_to(to_json(joined)::text, 'UTF8') as line from joined
            """;

    /** @return the calls, as JSON */
    private List<byte[]> join(AwaitedRuns.Run named, UUID run, @Nullable UUID job, Instant since) {
        return jdbc.sql(JOIN)
                .param("team", named.team())
                .param("ref", named.ref())
                .param("run", run)
                .param("job", job == null ? null : job.toString())
                .param("since", since.atOffset(ZoneOffset.UTC))
                .query((row, number) -> row.getBytes("line"))
                .list();
    }
}
