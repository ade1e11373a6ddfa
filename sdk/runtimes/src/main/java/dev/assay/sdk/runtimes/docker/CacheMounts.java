// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a step keeps for the next build ({@code RUN --mount=type=cache}). An engine finds it by an id alone, whoever's recipe names it: so the
 * id begins with its owner, or one team would fill what another builds from.
 */
final class CacheMounts {

    /** The id is where it is mounted, if a recipe names none. */
    private static final List<Set<String>> NAMES = List.of(Set.of("id"), Set.of("target", "dst", "destination"));

    private CacheMounts() {}

    static RecipeInstruction of(String owner, RecipeInstruction run) {
        return new RecipeInstruction(run.line(), run.word(), run.flags().stream().map(flag -> owned(owner, flag)).toList(), run.rest(), run.text());
    }

    /** Of several parts with one name an engine takes the last. */
    private static String owned(String owner, String flag) {
        if (!flag.startsWith("--mount=")) {
            return flag;
        }
        var parts = Arrays.stream(flag.substring("--mount=".length()).split(",")).map(String::strip).toList();
        if (parts.stream().noneMatch(part -> part.toLowerCase(Locale.ROOT).matches("type\\s*=\\s*cache"))) {
            return flag;
        }
        var name = NAMES.stream().flatMap(names -> last(parts, names).stream()).findFirst().orElse("");
        return flag + ",id=" + owner + "." + name;
    }

    private static Optional<String> last(List<String> parts, Set<String> names) {
        return parts.stream().map(part -> part.split("=", 2))
                .filter(part -> part.length == 2 && names.contains(part[0].strip().toLowerCase(Locale.ROOT)))
                .map(part -> part[1]).reduce((first, second) -> second);
    }
}
