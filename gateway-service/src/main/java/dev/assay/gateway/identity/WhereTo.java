// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a browser goes once it is signed in: a page of ours, whatever the link said that brought it here. Letters that could be read as
 * another host, or otherwise by one browser than by the next, are not let through at all.
 */
final class WhereTo {

    private static final String START = "/";
    private static final int LONGEST = 500;
    private static final Pattern PAGE = Pattern.compile("(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?(\\?[A-Za-z0-9._~%=&:,/+-]*)?");

    private WhereTo() {}

    /** The asked page if it is one of ours, else where everybody begins. What answers programs is no page. */
    static String of(@Nullable String asked) {
        return asked != null
                        && asked.length() <= LONGEST
                        && PAGE.matcher(asked).matches()
                        && !(asked + "/").startsWith("/v2/")
                ? asked
                : START;
    }
}
