// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import dev.assay.contracts.Uuids;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request to another service changes, as far as its method and path say.
 *
 * @param kind what kind of thing, as its path names them
 * @param id the first id in the path, spelled as ids are; where there is none, what the path says behind the kind
 */
record ChangeElsewhere(String action, String kind, String id) {

    private static final Set<String> READING = Set.of("GET", "HEAD");
    /** Of an id and of a verb: an index holds them, and no thing has a longer name. The whole path stands in the entry. */
    private static final int LONGEST = 200;

    /** What the published client reports and asks for by itself, many times in each job: it stands in jobs, runs, sessions and checkpoints. */
    private static final List<Pattern> BY_THE_CLIENT = List.of(
            Pattern.compile("/(telemetry|otlp)/.*"),
            Pattern.compile("/runtime/.*"),
            Pattern.compile("/rl/.*"),
            Pattern.compile("/v2/trace/.*/(enter|exit)"),
            Pattern.compile("/v2/rollouts/submit"),
            Pattern.compile("/v2/builds/upload-url"),
            Pattern.compile("/v2/uploads/.*"));

    /**
     * Empty: nothing is taken down of it.
     *
     * @param status null: there was no answer, and what was asked for may have been done
     */
    static Optional<ChangeElsewhere> of(String method, String path, @Nullable Integer status) {
        var refused = status != null && status >= 400 && status < 500; // a failure may have come after the change
        if (READING.contains(method) || refused || BY_THE_CLIENT.stream().anyMatch(pattern -> pattern.matcher(path).matches())) {
            return Optional.empty();
        }
        var names = Arrays.asList(path.split("/")).subList(path.startsWith("/v2/admin/") ? 3 : 2, path.split("/").length);
        var rest = names.subList(1, names.size());
        var named = method.equals("POST") && !rest.isEmpty() && id(rest.getLast()).isEmpty();
        var verb = named ? rest.getLast() : method.toLowerCase(Locale.ROOT);
        var id = rest.stream().flatMap(part -> id(part).stream()).findFirst().orElseGet(() -> String.join("/", rest));
        return Optional.of(new ChangeElsewhere(names.getFirst() + "." + cut(verb), names.getFirst(), cut(id)));
    }

    private static Optional<String> id(String text) {
        try {
            return Optional.of(Uuids.parse(text).toString());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    }
}
