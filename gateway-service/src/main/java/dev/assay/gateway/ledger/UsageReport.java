// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.contracts.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Adds up what a team's calls used and cost. Out of the sums of whole hours, where nothing is asked that these do not know. */
@Repository
class UsageReport {

    private static final UUID NONE = new UUID(0, 0);

    private final JdbcClient jdbc;

    UsageReport(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** By what calls are put together. */
    enum By {
        MODEL("model"),
        KEY("key_id"),
        USER("user_id"),
        JOB("job_id"),
        RUN("run_id"),
        UPSTREAM("upstream"),
        DAY("date_trunc('day', at, 'UTC')"),
        HOUR("date_trunc('hour', at, 'UTC')");

        private final String column;

        By(String column) {
            this.column = column;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        private @Nullable Object read(ResultSet row) throws SQLException {
            return switch (this) {
                case MODEL -> row.getString(word());
                case UPSTREAM -> row.getString(word()) == null || row.getString(word()).isEmpty() ? null : row.getString(word());
                case KEY, USER, JOB, RUN -> {
                    var id = row.getObject(word(), UUID.class);
                    yield NONE.equals(id) ? null : id;
                }
                case DAY, HOUR -> row.getObject(word(), OffsetDateTime.class).toInstant();
            };
        }
    }

    /**
     * Which calls are meant.
     *
     * @param from null: all that there are
     * @param to the first moment that counts no more; null: now
     */
    record Filter(
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable UUID key,
            @Nullable UUID user,
            @Nullable UUID job,
            @Nullable UUID run,
            @Nullable String model,
            @Nullable String upstream) {}

    /**
     * What some calls used.
     *
     * @param of what they have in common
     * @param firstMs null: none had a first byte
     */
    record Sum(
            Map<By, @Nullable Object> of,
            long calls,
            long errors,
            long input,
            long cached,
            long output,
            long reasoning,
            long costNanos,
            long unpriced,
            long estimated,
            @Nullable Double firstMs,
            @Nullable Double totalMs) {}

    /** @param most sums at most, the dearest first, of those by time the latest */
    List<Sum> sums(TeamId team, Filter filter, List<By> by, int most) {
        var whole = filter.run() == null && filter.user() == null && !by.contains(By.RUN) && !by.contains(By.USER)
                && isHour(filter.from()) && isHour(filter.to()) && !NONE.equals(filter.key()) && !NONE.equals(filter.job());
        var where = new ArrayList<String>(List.of("team_id = :team"));
        var values = new LinkedHashMap<String, Object>(Map.of("team", team.value()));
        condition(where, values, "at >= :from", "from", filter.from() == null ? null : filter.from().atOffset(ZoneOffset.UTC));
        condition(where, values, "at < :to", "to", filter.to() == null ? null : filter.to().atOffset(ZoneOffset.UTC));
        condition(where, values, "key_id = :key", "key", filter.key());
        condition(where, values, "user_id = :user", "user", filter.user());
        condition(where, values, "job_id = :job", "job", filter.job());
        condition(where, values, "run_id = :run", "run", filter.run());
        condition(where, values, "model = :model", "model", filter.model());
        condition(where, values, "upstream = :upstream", "upstream", filter.upstream());
        var columns = by.stream().map(one -> one.column + " as \"" + one.word() + "\", ").collect(Collectors.joining());
        var groups = by.isEmpty() ? "" : " group by " + by.stream().map(one -> one.column).collect(Collectors.joining(", "));
        var time = by.stream().filter(one -> one == By.DAY || one == By.HOUR).findFirst();
        var order = by.isEmpty() ? "" : " order by " + time.map(one -> one.column + " desc, ").orElse("") + "cost_nanos desc, calls desc, "
                + by.stream().map(one -> one.column).collect(Collectors.joining(", "));
        return jdbc.sql("select " + columns + SUMS + " from " + (whole ? OF_HOURS : "call_shares") + " where "
                        + String.join(" and ", where) + groups + order + " limit " + most)
                .params(values)
                .query((row, number) -> sum(row, by))
                .list();
    }

    private static final String SUMS =
            """
            coalesce(sum(calls), 0) as calls, coalesce(sum(errors), 0) as errors, coalesce(sum(input), 0) as input,
            coalesce(sum(cached), 0) as cached, coalesce(sum(output), 0) as output, coalesce(sum(reasoning), 0) as reasoning,
            least(coalesce(sum(cost_nanos), 0), 9223372036854775807) as cost_nanos,
            coalesce(sum(unpriced), 0) as unpriced, coalesce(sum(estimated), 0) as estimated,
            (sum(first_ms) / nullif(sum(first_of), 0))::double precision as first_ms,
            (sum(total_ms) / nullif(sum(calls), 0))::double precision as total_ms""";

    /** Where calls have all gone to their job, which became known later, zeros are left. */
    private static final String OF_HOURS =
            "(select *, hour as at from usage_hours where calls > 0 or input > 0 or output > 0 or cost_nanos > 0 or unpriced > 0) as hours";

    private static boolean isHour(@Nullable Instant time) {
        return time == null || time.getEpochSecond() % 3600 == 0 && time.getNano() == 0;
    }

    private static void condition(List<String> where, Map<String, Object> values, String text, String name, @Nullable Object value) {
        if (value != null) {
            where.add(text);
            values.put(name, value);
        }
    }

    private static Sum sum(ResultSet row, List<By> by) throws SQLException {
        var of = new LinkedHashMap<By, @Nullable Object>();
        for (var one : by) {
            of.put(one, one.read(row));
        }
        return new Sum(
                of,
                row.getLong("calls"),
                row.getLong("errors"),
                row.getLong("input"),
                row.getLong("cached"),
                row.getLong("output"),
                row.getLong("reasoning"),
                row.getLong("cost_nanos"),
                row.getLong("unpriced"),
                row.getLong("estimated"),
                row.getObject("first_ms", Double.class),
                row.getObject("total_ms", Double.class));
    }
}
