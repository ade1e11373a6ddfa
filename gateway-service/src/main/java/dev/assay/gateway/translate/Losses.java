// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What of one call does not reach its upstream: dropped and named, or the reason why the call is refused. */
public final class Losses {

    private static final Pattern INDEX = Pattern.compile("\\[\\d+]");
    /** What stands in no header: names are the client's, and it may have made them up. */
    private static final Pattern STRANGE = Pattern.compile("[^A-Za-z0-9_.\\[\\] -]");
    private static final int LONGEST = 100;
    private static final int MOST = 40;
    static final String NOT_HERE = "cannot be said to the API that serves this model";

    private final Dialect asked;
    private final boolean lenient;
    private final Set<String> dropped = new LinkedHashSet<>();

    private Losses(Dialect asked, boolean lenient) {
        this.asked = asked;
        this.lenient = lenient;
    }

    /** What would change the answer is refused. */
    public static Losses strict(Dialect asked) {
        return new Losses(asked, false);
    }

    /** Nothing is refused but what has the wrong type: for an answer that depends on little of the call. */
    public static Losses lenient(Dialect asked) {
        return new Losses(asked, true);
    }

    /** The members that were dropped, as their dialect calls them, each once; {@code []} stands for any element of a list. */
    public List<String> dropped() {
        return List.copyOf(dropped);
    }

    void drop(String member) {
        if (dropped.size() < MOST) {
            var name = STRANGE.matcher(INDEX.matcher(member).replaceAll("[]")).replaceAll("?");
            dropped.add(name.substring(0, Math.min(name.length(), LONGEST)));
        }
    }

    void drop(Part part) {
        drop(part.in(asked));
    }

    /** @throws ModelErrorException 400 that names the member, unless this is lenient */
    void refuse(String member, String why) {
        if (!lenient) {
            throw new ModelErrorException(ModelError.badRequest(member, why));
        }
        drop(member);
    }

    void refuse(Part part) {
        refuse(part.in(asked), NOT_HERE);
    }

    void refuse(Part part, String why) {
        refuse(part.in(asked), why);
    }
}
