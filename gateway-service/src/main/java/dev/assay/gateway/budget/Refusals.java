// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.budget;

import dev.assay.gateway.budget.BudgetRows.Standing;
import dev.assay.gateway.budget.RateRules.Answer.Wait;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import java.util.Optional;

/** What a caller is told whom a budget does not let pass. */
final class Refusals {

    /** Nobody has to wait longer for a minute to be over. */
    private static final double LONGEST_WAIT = 60;

    private Refusals() {}

    static ModelErrorException unavailable() {
        return new ModelErrorException(ModelError.unavailable("Budgets cannot be checked just now. Try again.", 2));
    }

    static ModelErrorException unpriced(Need need) {
        return new ModelErrorException(ModelError.of(
                403,
                "Nobody knows the price of " + need.what() + ", so its calls cannot be held to a budget in money. "
                        + "Set its price, or give the budget in tokens."));
    }

    static ModelErrorException crowded(Budget budget) {
        return tooMany(budget, budget.callsAtOnce() + " calls at once", 1);
    }

    static ModelErrorException tooFast(Budget budget, Wait wait) {
        return tooMany(
                budget,
                wait.requests() ? budget.requestsPerMinute() + " requests a minute" : budget.tokensPerMinute() + " tokens a minute",
                wait.seconds());
    }

    private static ModelErrorException tooMany(Budget budget, String limit, double after) {
        var message = "This " + budget.scope().word() + " is limited to " + limit + ". Try again later.";
        return new ModelErrorException(ModelError.of(429, message).retryAfter(Math.min(LONGEST_WAIT, after)));
    }

    /** @param standing empty: the budget is just taken away */
    static ModelErrorException spent(Budget budget, Need need, Optional<Standing> standing) {
        var spent = standing.map(Standing::spent).orElse(Amount.NONE);
        var held = standing.map(Standing::held).orElse(Amount.NONE);
        var limitNanos = budget.limitNanos();
        var ofMoney = limitNanos != null && limitNanos - spent.nanos() - held.nanos() < need.amount().nanos();
        var numbers = ofMoney || budget.limitTokens() == null
                ? "%s of %s dollars are spent, %s are reserved, and this call may cost up to %s".formatted(
                        Money.text(spent.nanos()), Money.text(limitNanos == null ? 0 : limitNanos), Money.text(held.nanos()),
                        Money.text(need.amount().nanos()))
                : "%d of %d tokens are used, %d are reserved, and this call may use up to %d".formatted(
                        spent.tokens(), budget.limitTokens(), held.tokens(), need.tokens());
        return new ModelErrorException(ModelError.of(402, budget.name() + " does not reach: " + numbers + ".").andNoUseTryingAgain());
    }
}
