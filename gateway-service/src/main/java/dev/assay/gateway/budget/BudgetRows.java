// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import dev.assay.gateway.budget.Budget.Period;
import dev.assay.gateway.budget.Budget.Scope;
import dev.assay.gateway.budget.BudgetRules.Account;
import dev.assay.gateway.budget.BudgetRules.Answer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** Budgets and what replicas hold of them. Whoever changes a budget or a slice of it locks the budget's row first. */
@Repository
class BudgetRows {

    /** What a dead replica held is given back after this. */
    static final Duration LEASE = Duration.ofSeconds(60);

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;

    BudgetRows(JdbcClient jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /** A budget and how it stands. @param begins when its period did */
    record Standing(Budget budget, Amount spent, Amount held, Instant begins) {}

    List<Standing> of(UUID team) {
        return jdbc.sql("select * from budgets where team_id = :team order by created_at, id")
                .param("team", team)
                .query((row, number) -> standing(row))
                .list();
    }

    Optional<Standing> find(UUID team, UUID id) {
        return jdbc.sql("select * from budgets where team_id = :team and id = :id")
                .param("team", team)
                .param("id", id)
                .query((row, number) -> standing(row))
                .optional();
    }

    /** Under which key calls made with this one are booked: it, or its successor. Empty: the team has none such, or it was revoked. */
    Optional<UUID> payer(UUID team, UUID key) {
        return jdbc.sql("select coalesce(replaced_by, id) from api_keys where team_id = :team and id = :key and revoked_at is null")
                .param("team", team)
                .param("key", key)
                .query(UUID.class)
                .optional();
    }

    /** Makes it, or changes the limits of the one that there is for that scope and period; what is spent stays. */
    UUID set(Budget budget) {
        var now = now();
        return jdbc.sql(
                        """
                        insert into budgets (id, team_id, scope, scope_id, period, limit_nanos, limit_tokens, requests_per_minute,
                            tokens_per_minute, calls_at_once, begins, created_at)
                        values (:id, :team, :scope, :scopeId, :period, :nanos, :tokens, :requests, :tokensPerMinute, :atOnce, :begins, :now)
                        on conflict (team_id, scope, scope_id, period) do update set limit_nanos = excluded.limit_nanos,
                            limit_tokens = excluded.limit_tokens, requests_per_minute = excluded.requests_per_minute,
                            tokens_per_minute = excluded.tokens_per_minute, calls_at_once = excluded.calls_at_once
                        returning id
                        """)
                .param("id", budget.id())
                .param("team", budget.team())
                .param("scope", budget.scope().word())
                .param("scopeId", budget.scopeId())
                .param("period", budget.period().word())
                .param("nanos", budget.limitNanos())
                .param("tokens", budget.limitTokens())
                .param("requests", budget.requestsPerMinute())
                .param("tokensPerMinute", budget.tokensPerMinute())
                .param("atOnce", budget.callsAtOnce())
                .param("begins", BudgetRules.begin(budget.period(), now).atOffset(ZoneOffset.UTC))
                .param("now", now.atOffset(ZoneOffset.UTC))
                .query(UUID.class)
                .single();
    }

    /** Which is there for that scope and period already, locked. */
    Optional<Standing> locked(Budget budget) {
        return jdbc.sql(
                        """
                        select * from budgets where team_id = :team and scope = :scope and scope_id = :scopeId and period = :period
                        for no key update
                        """)
                .param("team", budget.team())
                .param("scope", budget.scope().word())
                .param("scopeId", budget.scopeId())
                .param("period", budget.period().word())
                .query((row, number) -> standing(row))
                .optional();
    }

    /** That one of the team's, locked. */
    Optional<Standing> locked(UUID team, UUID id) {
        return locked(id).filter(found -> found.budget().team().equals(team));
    }

    boolean remove(UUID team, UUID id) {
        return jdbc.sql("delete from budgets where team_id = :team and id = :id").param("team", team).param("id", id).update() == 1;
    }

    /**
     * Leases more of a budget to a replica, if the rules say so.
     *
     * @return empty: there is no such budget any more
     */
    Optional<Answer> lease(UUID id, UUID replica, Amount need, int calls) {
        return Objects.requireNonNull(transactions.execute(transaction -> locked(id).map(found -> {
            var answer = BudgetRules.lease(
                    new Account(
                            found.budget().limitNanos(), found.budget().limitTokens(), found.budget().callsAtOnce(), found.spent(),
                            found.held()),
                    need, calls);
            if (answer instanceof Answer.Leased(var amount)) {
                hold(id, amount);
                jdbc.sql(
                                """
                                insert into budget_slices (budget_id, replica, nanos, tokens, calls, expires_at)
                                values (:id, :replica, :nanos, :tokens, :calls, now() + make_interval(secs => :lease))
                                on conflict (budget_id, replica) do update set nanos = budget_slices.nanos + excluded.nanos,
                                    tokens = budget_slices.tokens + excluded.tokens, calls = budget_slices.calls + excluded.calls,
                                    expires_at = excluded.expires_at
                                """)
                        .param("id", id)
                        .param("replica", replica)
                        .param("nanos", amount.nanos())
                        .param("tokens", amount.tokens())
                        .param("calls", amount.calls())
                        .param("lease", LEASE.toSeconds())
                        .update();
            }
            return answer;
        })));
    }

    /**
     * Says what a replica holds, and that it lives.
     *
     * @param leased as it believes
     * @return false: others have got it back meanwhile, and it holds nothing
     */
    boolean renew(UUID id, UUID replica, Amount leased) {
        return Boolean.TRUE.equals(transactions.execute(transaction -> renewed(id, replica, leased)));
    }

    private boolean renewed(UUID id, UUID replica, Amount leased) {
        if (locked(id).isEmpty()) {
            return false;
        }
        var slice = slice(id, replica);
        if (slice.isEmpty()) {
            return leased.isNothing();
        }
        hold(id, leased.minus(slice.get()));
        write(id, replica, leased);
        return true;
    }

    /** What was spent leaves the slice of who spent it, as far as that goes, and is spent from now on. In the caller's transaction. */
    void spend(UUID id, UUID replica, Amount spent) {
        if (locked(id).isEmpty()) {
            return;
        }
        jdbc.sql(
                        """
                        with slice as (select nanos, tokens from budget_slices where budget_id = :id and replica = :replica),
                        rest as (
                            update budget_slices set nanos = nanos - least(nanos, :nanos), tokens = tokens - least(tokens, :tokens),
                                expires_at = now() + make_interval(secs => :lease)
                            where budget_id = :id and replica = :replica)
                        update budgets set spent_nanos = spent_nanos + :nanos, spent_tokens = spent_tokens + :tokens,
                            held_nanos = held_nanos - coalesce((select least(nanos, :nanos) from slice), 0),
                            held_tokens = held_tokens - coalesce((select least(tokens, :tokens) from slice), 0)
                        where id = :id
                        """)
                .param("id", id)
                .param("replica", replica)
                .param("nanos", spent.nanos())
                .param("tokens", spent.tokens())
                .param("lease", LEASE.toSeconds())
                .update();
    }

    /** Gives back what replicas held that have not been heard of since. @return how many slices */
    int sweep() {
        var ids = jdbc.sql("select distinct budget_id from budget_slices where expires_at < now() limit 1000").query(UUID.class).list();
        // a transaction each: nobody who locks several has to wait for two of them
        return ids.stream().mapToInt(id -> Objects.requireNonNullElse(transactions.execute(transaction -> swept(id)), 0)).sum();
    }

    private int swept(UUID id) {
        if (locked(id).isEmpty()) {
            return 0;
        }
        var gone = jdbc.sql("delete from budget_slices where budget_id = :id and expires_at < now() returning nanos, tokens, calls")
                .param("id", id)
                .query((row, number) -> new Amount(row.getLong("nanos"), row.getLong("tokens"), row.getLong("calls")))
                .list();
        hold(id, Amount.NONE.minus(gone.stream().reduce(Amount.NONE, Amount::plus)));
        return gone.size();
    }

    /** The database's: of all replicas one, whatever their own clocks. */
    private Instant now() {
        return jdbc.sql("select now()").query(OffsetDateTime.class).single().toInstant();
    }

    /** @param now by the database's clock, which is of all replicas one, whatever their own */
    private record Locked(Standing standing, Instant now) {}

    /** The row, locked, in the period of now. */
    private Optional<Standing> locked(UUID id) {
        var locked = jdbc.sql("select *, now() as now from budgets where id = :id for no key update")
                .param("id", id)
                .query((row, number) -> new Locked(standing(row), row.getObject("now", OffsetDateTime.class).toInstant()))
                .optional();
        var found = locked.map(Locked::standing);
        if (locked.isEmpty() || !BudgetRules.isOver(found.get().budget().period(), found.get().begins(), locked.get().now())) {
            return found;
        }
        var begins = BudgetRules.begin(found.get().budget().period(), locked.get().now());
        jdbc.sql("update budgets set spent_nanos = 0, spent_tokens = 0, begins = :begins where id = :id")
                .param("begins", begins.atOffset(ZoneOffset.UTC))
                .param("id", id)
                .update();
        return found.map(budget -> new Standing(budget.budget(), Amount.NONE, budget.held(), begins));
    }

    private Optional<Amount> slice(UUID id, UUID replica) {
        return jdbc.sql("select nanos, tokens, calls from budget_slices where budget_id = :id and replica = :replica")
                .param("id", id)
                .param("replica", replica)
                .query((row, number) -> new Amount(row.getLong("nanos"), row.getLong("tokens"), row.getLong("calls")))
                .optional();
    }

    private void hold(UUID id, Amount more) {
        jdbc.sql(
                        """
                        update budgets set held_nanos = held_nanos + :nanos, held_tokens = held_tokens + :tokens,
                            held_calls = held_calls + :calls
                        where id = :id
                        """)
                .param("nanos", more.nanos())
                .param("tokens", more.tokens())
                .param("calls", more.calls())
                .param("id", id)
                .update();
    }

    private void write(UUID id, UUID replica, Amount amount) {
        jdbc.sql(
                        """
                        update budget_slices set nanos = :nanos, tokens = :tokens, calls = :calls,
                            expires_at = now() + make_interval(secs => :lease)
                        where budget_id = :id and replica = :replica
                        """)
                .param("nanos", amount.nanos())
                .param("tokens", amount.tokens())
                .param("calls", amount.calls())
                .param("lease", LEASE.toSeconds())
                .param("id", id)
                .param("replica", replica)
                .update();
    }

    private static Standing standing(ResultSet row) throws SQLException {
        var budget = new Budget(
                row.getObject("id", UUID.class),
                row.getObject("team_id", UUID.class),
                Scope.valueOf(row.getString("scope").toUpperCase(Locale.ROOT)),
                row.getObject("scope_id", UUID.class),
                Period.valueOf(row.getString("period").toUpperCase(Locale.ROOT)),
                number(row, "limit_nanos"),
                number(row, "limit_tokens"),
                count(row, "requests_per_minute"),
                count(row, "tokens_per_minute"),
                count(row, "calls_at_once"));
        return new Standing(
                budget,
                new Amount(row.getLong("spent_nanos"), row.getLong("spent_tokens")),
                new Amount(row.getLong("held_nanos"), row.getLong("held_tokens"), row.getLong("held_calls")),
                row.getObject("begins", OffsetDateTime.class).toInstant());
    }

    private static @Nullable Long number(ResultSet row, String column) throws SQLException {
        var value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    private static @Nullable Integer count(ResultSet row, String column) throws SQLException {
        var value = row.getInt(column);
        return row.wasNull() ? null : value;
    }
}
