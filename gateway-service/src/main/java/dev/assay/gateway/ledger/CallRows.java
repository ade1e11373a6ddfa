// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Writes calls down. */
@Repository
class CallRows {

    private final JdbcClient jdbc;

    CallRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Books calls that are not booked yet, and adds them to the sums of their hours; however often it is told the same.
     *
     * @param lines of JSON, one a call
     * @return those that were new
     */
    Set<UUID> book(List<byte[]> lines) {
        var rows = new ByteArrayOutputStream(lines.stream().mapToInt(line -> line.length + 1).sum() + 1);
        for (var line : lines) {
            rows.write(rows.size() == 0 ? '[' : ',');
            rows.writeBytes(line);
        }
        rows.write(']');
        return Set.copyOf(jdbc.sql(
                        """
                        with booked as (
                            insert into calls select * from json_populate_recordset(null::calls, convert_from(:rows, 'UTF8')::json)
                            on conflict (id) do nothing
                            returning *),
                        added as (
                            insert into usage_hours
                            select team_id, date_trunc('hour', at, 'UTC'), coalesce(key_id, '00000000-0000-0000-0000-000000000000'),
                                coalesce(job_id, '00000000-0000-0000-0000-000000000000'), model, coalesce(upstream, ''),
                                count(*), count(*) filter (where ending <> 'done'),
                                coalesce(sum(input), 0), coalesce(sum(cached), 0), coalesce(sum(output), 0), coalesce(sum(reasoning), 0),
                                coalesce(sum(cost_nanos), 0), count(*) filter (where cost_nanos is null), count(*) filter (where estimated),
                                coalesce(sum(first_ms), 0), count(first_ms), sum(total_ms)
                            from booked
                            group by 1, 2, 3, 4, 5, 6
                            order by 1, 2, 3, 4, 5, 6
                            on conflict (team_id, hour, key_id, job_id, model, upstream) do update set
                                calls = usage_hours.calls + excluded.calls, errors = usage_hours.errors + excluded.errors,
                                input = usage_hours.input + excluded.input, cached = usage_hours.cached + excluded.cached,
                                output = usage_hours.output + excluded.output, reasoning = usage_hours.reasoning + excluded.reasoning,
                                cost_nanos = usage_hours.cost_nanos + excluded.cost_nanos,
                                unpriced = usage_hours.unpriced + excluded.unpriced, estimated = usage_hours.estimated + excluded.estimated,
                                first_ms = usage_hours.first_ms + excluded.first_ms, first_of = usage_hours.first_of + excluded.first_of,
                                total_ms = usage_hours.total_ms + excluded.total_ms)
                        select id from booked
                        """)
                .param("rows", rows.toByteArray())
                .query(UUID.class)
                .list());
    }
}
