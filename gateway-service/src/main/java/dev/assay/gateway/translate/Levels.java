// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.translate.Conversation.Effort;
import dev.assay.gateway.translate.Conversation.Level;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How much is to be thought: words in all dialects, in two of them numbers of tokens too. */
final class Levels {

    private static final long LOW = 2048;
    private static final long MEDIUM = 8192;

    private Levels() {}

    /** @throws dev.assay.gateway.dialect.ModelErrorException 400 if it is no level */
    static @Nullable Level of(Members at, String member) {
        var word = at.text(member);
        if (word == null) {
            return null;
        }
        try {
            return Level.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw at.bad(member, "must be none, minimal, low, medium, high, xhigh or max");
        }
    }

    /** The level in words; null: nothing was said that can be put into one. OpenAI's highest is xhigh. */
    static @Nullable String openAi(Effort effort) {
        var level = effort.level() == null && effort.budget() != null ? ofBudget(effort.budget()) : effort.level();
        return level == null ? null : level == Level.MAX ? "xhigh" : word(level);
    }

    static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private static Level ofBudget(long budget) {
        return budget <= 0 ? Level.NONE : budget < LOW ? Level.LOW : budget < MEDIUM ? Level.MEDIUM : Level.HIGH;
    }
}
