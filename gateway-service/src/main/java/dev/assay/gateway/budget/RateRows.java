// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** What replicas have leased of limits by the minute, second by second. */
@Repository
class RateRows {

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;

    RateRows(JdbcClient jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /** @param second in which it was leased */
    record Granted(long second, RateRules.Answer answer) {}

    /**
     * Tells of what was leased before, and leases more, if the rules say so.
     *
     * @return empty: there is no such budget any more
     */
    Optional<Granted> lease(Budget budget, Amount need, int calls, Limiter.Corrections before) {
        return Objects.requireNonNull(transactions.execute(transaction -> {
            var id = budget.id();
            if (!locked(id)) {
                return Optional.empty();
            }
            var now = second();
            correct(id, now, before);
            var answer = RateRules.lease(taken(id, now), now, budget.requestsPerMinute(), budget.tokensPerMinute(), need, calls);
            if (answer instanceof RateRules.Answer.Leased(var amount, var left)) {
                add(id, now, amount);
            }
            return Optional.of(new Granted(now, answer));
        }));
    }

    void tell(UUID id, Limiter.Corrections corrections) {
        transactions.executeWithoutResult(transaction -> {
            if (locked(id)) {
                correct(id, second(), corrections);
            }
        });
    }

    /** Not the budget's row: who books calls has that one locked for longer than a call should wait. */
    private boolean locked(UUID id) {
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('budget_seconds ' || :id, 0))").param("id", id.toString()).query(row -> {});
        return jdbc.sql("select exists (select from budgets where id = :id)").param("id", id).query(Boolean.class).single();
    }

    /** The database's: of all replicas one, whatever their own clocks. */
    private long second() {
        return jdbc.sql("select floor(extract(epoch from clock_timestamp()))::bigint").query(Long.class).single();
    }

    private void correct(UUID id, long now, Limiter.Corrections corrections) {
        corrections.back().forEach((second, amount) -> jdbc.sql(
                        """
                        update budget_seconds set requests = requests - :requests, tokens = tokens - :tokens
                        where budget_id = :id and second = :second
                        """)
                .param("requests", amount.calls())
                .param("tokens", amount.tokens())
                .param("id", id)
                .param("second", second)
                .update());
        if (!corrections.owed().isNothing()) {
            add(id, now, corrections.owed());
        }
    }

    private TreeMap<Long, Amount> taken(UUID id, long now) {
        jdbc.sql("delete from budget_seconds where budget_id = :id and second not between :now - :counts and :now + :counts")
                .param("id", id)
                .param("now", now)
                .param("counts", RateRules.COUNTS)
                .update();
        var taken = new TreeMap<Long, Amount>();
        jdbc.sql("select second, requests, tokens from budget_seconds where budget_id = :id").param("id", id).query(row -> {
            taken.put(row.getLong("second"), new Amount(0, row.getLong("tokens"), row.getLong("requests")));
        });
        return taken;
    }

    private void add(UUID id, long second, Amount amount) {
        jdbc.sql(
                        """
                        insert into budget_seconds (budget_id, second, requests, tokens) values (:id, :second, :requests, :tokens)
                        on conflict (budget_id, second) do update set requests = budget_seconds.requests + excluded.requests,
                            tokens = budget_seconds.tokens + excluded.tokens
                        """)
                .param("id", id)
                .param("second", second)
                .param("requests", amount.calls())
                .param("tokens", amount.tokens())
                .update();
    }
}
