// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import dev.assay.gateway.audit.Audit;
import dev.assay.gateway.budget.Budget.Period;
import dev.assay.gateway.budget.Budget.Scope;
import dev.assay.gateway.budget.BudgetRows.Standing;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Usage")
class BudgetController {

    private final BudgetRows rows;
    private final Budgets budgets;
    private final Audit audit;
    private final TransactionTemplate transactions;

    BudgetController(BudgetRows rows, Budgets budgets, Audit audit, TransactionTemplate transactions) {
        this.rows = rows;
        this.budgets = budgets;
        this.audit = audit;
        this.transactions = transactions;
    }

    /** What may be spent, as it is asked for. */
    @Schema(example = "{\"scope\": \"team\", \"period\": \"month\", \"limit_usd\": 250, \"requests_per_minute\": 600}")
    record WantedBudget(
            @Schema(description = "Whose calls count.", allowableValues = {"team", "key", "job", "run"}) String scope,
            @Schema(description = "Of the key, the job or the run; the team's own is left out.", format = "uuid") @Nullable String scope_id,
            @Schema(description = "After which what was spent counts no more, by UTC; left out: total.",
                            allowableValues = {"total", "day", "month"})
                    @Nullable String period,
            @Schema(description = "US dollars; left out: any.", minimum = "0") @Nullable BigDecimal limit_usd,
            @Schema(description = "Tokens, in and out; left out: any.", minimum = "0") @Nullable Long limit_tokens,
            @Schema(minimum = "1") @Nullable Integer requests_per_minute,
            @Schema(minimum = "1") @Nullable Integer tokens_per_minute,
            @Schema(minimum = "1") @Nullable Integer calls_at_once) {}

    /** A budget and how it stands. */
    record BudgetView(
            UUID id,
            Scope scope,
            UUID scope_id,
            Period period,
            @Nullable BigDecimal limit_usd,
            @Nullable Long limit_tokens,
            @Schema(description = "In this period, in US dollars.") BigDecimal spent_usd,
            long spent_tokens,
            @Schema(description = "Set aside for calls that go on or may soon come.") BigDecimal held_usd,
            long held_tokens,
            @Schema(description = "When this period began.") Instant begins,
            @Nullable Integer requests_per_minute,
            @Nullable Integer tokens_per_minute,
            @Nullable Integer calls_at_once,
            @Schema(description = "Places that gateways hold of calls_at_once: calls that go on, or did a moment ago.") long held_calls) {

        static BudgetView of(Standing standing) {
            var budget = standing.budget();
            return new BudgetView(
                    budget.id(),
                    budget.scope(),
                    budget.scopeId(),
                    budget.period(),
                    budget.limitNanos() == null ? null : Money.dollars(budget.limitNanos()),
                    budget.limitTokens(),
                    Money.dollars(standing.spent().nanos()),
                    standing.spent().tokens(),
                    Money.dollars(Math.max(0, standing.held().nanos())),
                    Math.max(0, standing.held().tokens()),
                    standing.begins(),
                    budget.requestsPerMinute(),
                    budget.tokensPerMinute(),
                    budget.callsAtOnce(),
                    Math.max(0, standing.held().calls()));
        }
    }

    record BudgetPage(List<BudgetView> items, int total) {}

    @Operation(
            summary = "The team's budgets and limits",
            description = "What may be spent by the team, a key, a job or a run, and how fast its calls may come, with how it stands.")
    @Admits(Role.VIEWER)
    @GetMapping("/v2/budgets")
    BudgetPage list(Caller caller) {
        var items = rows.of(caller.team().value()).stream().map(BudgetView::of).toList();
        return new BudgetPage(items, items.size());
    }

    @Operation(
            summary = "Set a budget",
            description = "One for each scope and period: one that is there already gets these limits, and what was spent stays. A call "
                    + "reserves what it may cost at most before it goes out, and is refused with 402 if one of its budgets does not reach; "
                    + "with 429 if it comes faster than one allows.")
    @Admits(Role.ADMINISTRATOR)
    @PostMapping("/v2/budgets")
    @Refuses(status = 404, when = "The team has no such key, or it was revoked.")
    @Refuses(status = 409, when = "Another key, which is named, has taken the place of that one: budgets are its.")
    BudgetView set(@RequestBody WantedBudget wanted, Caller caller) {
        var team = caller.team().value();
        var scope = word("scope", wanted.scope(), Scope.values(), Scope::word);
        var period = wanted.period() == null ? Period.TOTAL : word("period", wanted.period(), Period.values(), Period::word);
        var budget = new Budget(
                UUID.randomUUID(),
                team,
                scope,
                scopeId(scope, wanted.scope_id(), team),
                period,
                BudgetChange.nanos(wanted.limit_usd()),
                atLeast("limit_tokens", wanted.limit_tokens(), 0),
                atLeast("requests_per_minute", wanted.requests_per_minute(), 1),
                atLeast("tokens_per_minute", wanted.tokens_per_minute(), 1),
                atLeast("calls_at_once", wanted.calls_at_once(), 1)).checked();
        return changed(caller, "budget.set", () -> rows.locked(budget), before -> budget);
    }

    @Operation(summary = "A budget", description = "With how it stands.")
    @Admits(Role.VIEWER)
    @GetMapping("/v2/budgets/{id}")
    BudgetView one(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        return rows.find(caller.team().value(), ReadUuid.of("id", id)).map(BudgetView::of).orElseThrow(() -> notFound(id));
    }

    @Operation(
            summary = "Change a budget's limits",
            description = "What is left out stays, null takes a limit away. What was spent stays spent. Gateways go on spending what they "
                    + "have leased (`held_usd`, `held_tokens`), so that a limit that is lowered below what is spent and held may be "
                    + "passed by so much, and by no more.")
    @Admits(Role.ADMINISTRATOR)
    @PatchMapping("/v2/budgets/{id}")
    BudgetView change(
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id,
            @RequestBody BudgetChange change,
            Caller caller) {
        var which = ReadUuid.of("id", id);
        return changed(caller, "budget.change", () -> rows.locked(caller.team().value(), which), before -> change.of(
                before.orElseThrow(() -> notFound(id)).budget()));
    }

    /** Whoever changes a budget has its row: two who change it at once do so one after the other, each on what the other left. */
    private BudgetView changed(
            Caller caller, String action, Supplier<Optional<Standing>> find, Function<Optional<Standing>, Budget> change) {
        var team = caller.team().value();
        var view = Objects.requireNonNull(transactions.execute(transaction -> {
            var before = find.get();
            var id = rows.set(change.apply(before));
            var after = rows.find(team, id).map(BudgetView::of).orElseThrow();
            audit.changed(caller, action, "budget", id.toString(), before.map(BudgetView::of).orElse(null), after);
            return after;
        }));
        budgets.forget(team);
        return view;
    }

    @Operation(summary = "Remove a budget", description = "Its calls are held to it no more, within seconds.")
    @Admits(Role.ADMINISTRATOR)
    @DeleteMapping("/v2/budgets/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        var which = ReadUuid.of("id", id);
        transactions.executeWithoutResult(transaction -> {
            var before = rows.locked(caller.team().value(), which).orElseThrow(() -> notFound(id));
            rows.remove(caller.team().value(), which);
            audit.changed(caller, "budget.remove", "budget", which.toString(), BudgetView.of(before), null);
        });
        budgets.forget(caller.team().value());
    }

    private UUID scopeId(Scope scope, @Nullable String id, UUID team) {
        if (scope == Scope.TEAM) {
            if (id != null && !ReadUuid.of("scope_id", id).equals(team)) {
                throw Problem.badRequest("scope_id", "must be left out, or be your own team's");
            }
            return team;
        }
        if (id == null) {
            throw Problem.badRequest("scope_id", "required for the budget of a " + scope.word());
        }
        var of = ReadUuid.of("scope_id", id);
        if (scope == Scope.KEY) {
            var payer = rows.payer(team, of).orElseThrow(() -> Problem.notFound("There is no key " + id + " in your team."));
            if (!payer.equals(of)) {
                throw Problem.conflict(
                        "scope_id: the key " + of + " has been replaced by " + payer + ", under which its calls are booked.");
            }
        }
        return of;
    }

    private static Problem notFound(String id) {
        return Problem.notFound("There is no budget " + id + " in your team.");
    }

    private static <T> T word(String field, @Nullable String text, T[] values, Function<T, String> word) {
        return Arrays.stream(values).filter(value -> word.apply(value).equals(text)).findFirst().orElseThrow(() -> Problem.badRequest(
                field, "must be one of " + String.join(", ", Arrays.stream(values).map(word).toList())));
    }

    private static <N extends Number> @Nullable N atLeast(String field, @Nullable N number, long least) {
        if (number != null && number.longValue() < least) {
            throw Problem.badRequest(field, "must be at least " + least);
        }
        return number;
    }
}
