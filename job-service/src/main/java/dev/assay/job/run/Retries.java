// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.assay.contracts.Failure.Kind;
import dev.assay.kit.problem.Problem;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How many attempts of a run may fail and be followed by another one, by the kind of the failure: {@code {"infrastructure": 5, "model": 1}}.
 * Of a kind that is not named the platform's own number holds.
 */
public record Retries(@JsonValue Map<Kind, Integer> most) {

    public static final Retries USUAL = new Retries(Map.of());

    private static final int MOST = 20;

    /** @throws Problem 400 that names what does not hold */
    public static Retries told(String field, @Nullable JsonNode told) {
        var object = Told.object(field, told);
        if (object == null) {
            return USUAL;
        }
        var most = new EnumMap<Kind, Integer>(Kind.class);
        object.properties().forEach(member -> {
            var name = field + "." + member.getKey();
            var number = member.getValue();
            if (!number.isIntegralNumber() || !number.canConvertToInt() || number.intValue() < 0 || number.intValue() > MOST) {
                throw Problem.badRequest(name, "must be a whole number from 0 to " + MOST);
            }
            most.put(kind(field, member.getKey()), number.intValue());
        });
        return new Retries(most);
    }

    private static Kind kind(String field, String name) {
        try {
            return Kind.of(name);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(field, "'" + name + "' is no kind of failure: " + e.getMessage());
        }
    }

    public static Retries read(@Nullable String json) {
        return json == null ? USUAL : told("retry", JsonMapper.shared().readTree(json));
    }

    /** Null: the platform's own hold. */
    public @Nullable String text() {
        return most.isEmpty() ? null : JsonMapper.shared().writeValueAsString(most);
    }

    /** What these do not name is as the others say. */
    public Retries or(Retries others) {
        var both = new HashMap<>(others.most);
        both.putAll(most);
        return new Retries(both);
    }

    Optional<Integer> of(Kind kind) {
        return Optional.ofNullable(most.get(kind));
    }
}
