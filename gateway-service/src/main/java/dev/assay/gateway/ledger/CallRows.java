// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Writes calls down. */
@Repository
class CallRows {

    private final JdbcClient jdbc;
    private final JdbcTemplate copying;

    CallRows(JdbcClient jdbc, JdbcTemplate copying) {
        this.jdbc = jdbc;
        this.copying = copying;
    }

    private static byte[] list(List<byte[]> lines) {
        var rows = new ByteArrayOutputStream(lines.stream().mapToInt(line -> line.length + 1).sum() + 1);
        for (var line : lines) {
            rows.write(rows.size() == 0 ? '[' : ',');
            rows.writeBytes(line);
        }
        rows.write(']');
        return rows.toByteArray();
    }

    /**
     * Takes the sums that calls will be added to, and that {@link #share} will change, in the order in which everybody takes them. Before
     * they are booked, in the same transaction.
     *
     * @param lines of JSON, one a call
     */
    void take(List<byte[]> lines) {
        jdbc.sql(
                        """
                        insert into usage_hours
                        select distinct team_id, date_trunc('hour', at, 'UTC'),
                            coalesce(key_id, '00000000-0000-0000-0000-000000000000'::uuid),
                            coalesce(job_id, '00000000-0000-0000-0000-000000000000'::uuid),
                            model, asked.name, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
                        from json_populate_recordset(null::calls, convert_from(:rows, 'UTF8')::json) as call
                        cross join lateral (
                            select coalesce(call.upstream, '') as name
                            union
                            select part ->> 'upstream' from jsonb_array_elements(call.tries) as part) as asked
                        order by 1, 2, 3, 4, 5, 6
                        on conflict (team_id, hour, key_id, job_id, model, upstream) do update set calls = usage_hours.calls
                        """)
                .param("rows", list(lines))
                .update();
    }

    /**
     * Gives what calls used at other upstreams than those that answered them to the sums of these. In the transaction that has booked them,
     * once.
     *
     * @param calls of which some told of it
     */
    void share(Collection<UUID> calls) {
        jdbc.sql(
                        """
                        insert into usage_hours (team_id, hour, key_id, job_id, model, upstream, calls, errors, input, cached, output,
                            reasoning, cost_nanos, unpriced, estimated, first_ms, first_of, total_ms)
                        select team_id, date_trunc('hour', at, 'UTC'), coalesce(key_id, '00000000-0000-0000-0000-000000000000'),
                            coalesce(job_id, '00000000-0000-0000-0000-000000000000'), model, upstream, 0, 0, sum(input), sum(cached),
                            sum(output), sum(reasoning), sum(cost_nanos), sum(unpriced), 0, 0, 0, 0
                        from calls_elsewhere
                        where id = any (:calls)
                        group by 1, 2, 3, 4, 5, 6
                        order by 1, 2, 3, 4, 5, 6
                        on conflict (team_id, hour, key_id, job_id, model, upstream) do update set
                            input = usage_hours.input + excluded.input, cached = usage_hours.cached + excluded.cached,
                            output = usage_hours.output + excluded.output, reasoning = usage_hours.reasoning + excluded.reasoning,
                            cost_nanos = usage_hours.cost_nanos + excluded.cost_nanos, unpriced = usage_hours.unpriced + excluded.unpriced
                        """)
                .param("calls", calls.toArray(UUID[]::new))
                .update();
    }

    /**
     * Books calls that were never told before, all or none: for half of what {@link #book} takes.
     *
     * @throws org.springframework.dao.DataAccessException also if one of them is booked already
     */
    void copy(List<CallRow> calls) {
        CopiedCalls.of(calls).copy(copying, CopiedCalls.COPY);
    }

    /**
     * Books calls that are not booked yet; however often it is told the same.
     *
     * @param lines of JSON, one a call
     * @return those that were new
     */
    Set<UUID> book(List<byte[]> lines) {
        return Set.copyOf(jdbc.sql(
                        """
                        insert into calls select * from json_populate_recordset(null::calls, convert_from(:rows, 'UTF8')::json)
                        on conflict (id) do nothing
                        returning id
                        """)
                .param("rows", list(lines))
                .query(UUID.class)
                .list());
    }

    /** Adds calls to the sums of their hours, in the order in which everybody takes these. In the transaction that has booked them, once. */
    void add(List<CallRow> calls) {
        jdbc.sql(
                        """
                        insert into usage_hours
                        select * from json_populate_recordset(null::usage_hours, convert_from(:sums, 'UTF8')::json)
                        order by team_id, hour, key_id, job_id, model, upstream
                        on conflict (team_id, hour, key_id, job_id, model, upstream) do update set
                            calls = usage_hours.calls + excluded.calls, errors = usage_hours.errors + excluded.errors,
                            input = usage_hours.input + excluded.input, cached = usage_hours.cached + excluded.cached,
                            output = usage_hours.output + excluded.output, reasoning = usage_hours.reasoning + excluded.reasoning,
                            cost_nanos = usage_hours.cost_nanos + excluded.cost_nanos,
                            unpriced = usage_hours.unpriced + excluded.unpriced, estimated = usage_hours.estimated + excluded.estimated,
                            first_ms = usage_hours.first_ms + excluded.first_ms, first_of = usage_hours.first_of + excluded.first_of,
                            total_ms = usage_hours.total_ms + excluded.total_ms
                        """)
                .param("sums", HourSums.of(calls))
                .update();
    }
}
