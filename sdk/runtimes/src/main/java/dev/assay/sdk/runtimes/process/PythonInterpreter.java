// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A Python on this machine that can make virtual environments.
 *
 * @param prefix the folder that it lives in, which a sandbox must see
 * @param minor 11 for 3.11
 */
public record PythonInterpreter(Path executable, Path prefix, int minor) {

    private static final Pattern CLAUSE = Pattern.compile("^\\s*(>=|>|<=|<|==|~=|!=)\\s*3\\.(\\d+)(\\.\\d+|\\.\\*)*\\s*$");

    /** Whether {@code requires-python} allows it: bounds like {@code >=3.11,<3.13}; a bound that we cannot read does not exclude it. */
    boolean satisfies(String requiresPython) {
        for (var clause : requiresPython.split(",")) {
            var matcher = CLAUSE.matcher(clause);
            if (matcher.matches()) {
                int bound = Integer.parseInt(matcher.group(2));
                boolean exact = matcher.group(3) != null && !matcher.group(3).equals(".*");
                boolean holds = switch (matcher.group(1)) {
                    case ">=" -> minor >= bound;
                    case ">" -> exact ? minor >= bound : minor > bound;
                    case "<=" -> minor <= bound;
                    case "<" -> exact && !matcher.group(3).equals(".0") ? minor <= bound : minor < bound;
                    case "==" -> minor == bound;
                    case "~=" -> exact ? minor == bound : minor >= bound;
                    default -> exact || minor != bound;
                };
                if (!holds) {
                    return false;
                }
            }
        }
        return true;
    }
}
