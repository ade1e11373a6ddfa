// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.search;

import dev.assay.kit.problem.Problem;
import dev.assay.kit.text.StorableText;
import dev.assay.kit.web.ReadTime;
import dev.assay.kit.web.RunRef;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which runs are looked for. What is null is not asked for. */
record RunFilter(
        @Nullable String words, @Nullable String errors, @Nullable String tool, @Nullable Double rewardMin, @Nullable Double rewardMax,
        @Nullable String model, @Nullable String task, @Nullable UUID job, @Nullable String status, @Nullable Instant from,
        @Nullable Instant to) {

    static final int LONGEST = 500;

    private static final List<String> NAMES =
            List.of("q", "error", "tool", "reward_min", "reward_max", "model", "task", "job", "status", "from", "to");
    private static final List<String> STATUSES = List.of("running", "completed", "error", "cancelled");

    /**
     * @param given each parameter's value by its name; null: it was not given
     * @throws Problem 400 that names what cannot be meant
     */
    static RunFilter of(Function<String, @Nullable String> given) {
        var values = new LinkedHashMap<String, String>();
        for (var name : NAMES) {
            var value = given.apply(name);
            if (value != null) {
                values.put(name, value(name, value));
            }
        }
        return new RunFilter(
                asked(values.get("q")),
                asked(values.get("error")),
                StorableText.ofNullable(values.get("tool")),
                number("reward_min", values.get("reward_min")),
                number("reward_max", values.get("reward_max")),
                StorableText.ofNullable(values.get("model")),
                StorableText.ofNullable(values.get("task")),
                values.containsKey("job") ? RunRef.ofJob("job", values.get("job")).id() : null,
                status(values.get("status")),
                ReadTime.of("from", values.get("from")),
                ReadTime.of("to", values.get("to")));
    }

    /**
     * As they stand behind the question mark of an address.
     *
     * @throws Problem 400 that names what cannot be meant, or is no parameter of a search
     */
    static RunFilter ofQuery(String field, String query) {
        var given = new LinkedHashMap<String, String>();
        for (var pair : query.split("&")) {
            var split = pair.indexOf('=');
            var name = decoded(field, split < 0 ? pair : pair.substring(0, split));
            if (!NAMES.contains(name)) {
                throw Problem.badRequest(field, "takes what a search takes, name=value joined by &: " + String.join(", ", NAMES));
            }
            if (given.put(name, decoded(field, split < 0 ? "" : pair.substring(split + 1))) != null) {
                throw Problem.badRequest(field, "has " + name + " more than once");
            }
        }
        return of(given::get);
    }

    private static String decoded(String field, String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(field, "must be encoded as in an address: " + e.getMessage());
        }
    }

    private static String value(String name, String value) {
        if (value.isEmpty()) {
            throw Problem.badRequest(name, "has no value");
        }
        if (value.length() > LONGEST) {
            throw Problem.badRequest(name, "must have at most " + LONGEST + " characters");
        }
        return value;
    }

    private static @Nullable String asked(@Nullable String text) {
        return text == null ? null : Words.asked(text);
    }

    private static @Nullable Double number(String field, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            var number = Double.parseDouble(text);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw Problem.badRequest(field, "must be a number");
    }

    private static @Nullable String status(@Nullable String text) {
        if (text != null && !STATUSES.contains(text)) {
            throw Problem.badRequest("status", "must be one of " + String.join(", ", STATUSES));
        }
        return text;
    }

    /** @param values get those of the conditions */
    List<String> conditions(Map<String, Object> values) {
        var where = new ArrayList<String>();
        given(where, values, "said.words @@ websearch_to_tsquery('simple', :words)", "words", words);
        given(where, values, "said.errors @@ websearch_to_tsquery('simple', :errors)", "errors", errors);
        given(where, values, "said.tools @> array[:tool::text]", "tool", tool);
        given(where, values, "run.reward >= :rewardMin", "rewardMin", rewardMin);
        given(where, values, "run.reward <= :rewardMax", "rewardMax", rewardMax);
        given(where, values, "run.model = :model", "model", model);
        given(where, values, "run.task_slug = :task", "task", task);
        given(where, values, "run.job = :job", "job", job);
        given(where, values, "coalesce(run.status, 'running') = :status", "status", status);
        given(where, values, "run.begun_at >= :from", "from", from == null ? null : from.atOffset(ZoneOffset.UTC));
        given(where, values, "run.begun_at < :to", "to", to == null ? null : to.atOffset(ZoneOffset.UTC));
        return where;
    }

    private static void given(List<String> where, Map<String, Object> values, String condition, String name, @Nullable Object value) {
        if (value != null) {
            where.add(condition);
            values.put(name, value);
        }
    }
}
