// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.kit.problem.Problem;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.json.JsonMapper;

/** JSON that is read a value at a time. Whoever reads says where each stands; what is wrong there is a {@link Problem} that says so, too. */
final class PlacedJson {

    private static final JsonMapper JSON = new JsonMapper();

    private final JsonParser json;

    private PlacedJson(JsonParser json) {
        this.json = json;
    }

    /** @param reading stands at the whole body's value */
    static <T> T read(InputStream body, Function<PlacedJson, T> reading) {
        try (var json = JSON.createParser(body)) {
            json.nextToken();
            var read = reading.apply(new PlacedJson(json));
            if (json.nextToken() != null) {
                throw Problem.badRequest("the body goes on behind its end");
            }
            return read;
        } catch (JacksonIOException e) { // it did not come, which says nothing of what it is
            throw new UncheckedIOException(e.getCause());
        } catch (JacksonException e) {
            throw Problem.badRequest("the body is no JSON: " + e.getOriginalMessage());
        }
    }

    boolean isText() {
        return json.currentToken() == JsonToken.VALUE_STRING;
    }

    boolean isArray() {
        return json.currentToken() == JsonToken.START_ARRAY;
    }

    boolean isTrue() {
        return json.currentToken() == JsonToken.VALUE_TRUE;
    }

    void skip() {
        json.skipChildren();
    }

    /** What is done with one element or member, the parser standing at its value. */
    interface Element {
        void read(int number);
    }

    interface Member {
        void read(String name);
    }

    void array(String at, Element element) {
        if (!isArray()) {
            throw Problem.badRequest(at, "must be an array");
        }
        for (int number = 0; json.nextToken() != JsonToken.END_ARRAY; number++) {
            element.read(number);
        }
    }

    void object(String at, Set<String> known, Member member) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw Problem.badRequest(at, "must be an object");
        }
        Set<String> seen = new HashSet<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var name = json.currentName();
            if (!known.contains(name)) {
                throw Problem.badRequest(at, "has no member '" + shortened(name) + "'");
            }
            if (!seen.add(name)) {
                throw Problem.badRequest(at, "has '" + name + "' twice");
            }
            json.nextToken();
            member.read(name);
        }
    }

    boolean isNull() {
        return json.currentToken() == JsonToken.VALUE_NULL;
    }

    String text(String at) {
        if (!isText()) {
            throw Problem.badRequest(at, "must be a text");
        }
        return json.getString();
    }

    double number(String at) {
        if (!json.currentToken().isNumeric()) {
            throw Problem.badRequest(at, "must be a number");
        }
        double number = json.getDoubleValue();
        if (!Double.isFinite(number)) {
            throw Problem.badRequest(at, "is too large");
        }
        return number;
    }

    int positive(String at) {
        int number = whole(at);
        if (number < 1) {
            throw Problem.badRequest(at, "must be 1 or more, not " + number);
        }
        return number;
    }

    int whole(String at) {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getNumberType() != JsonParser.NumberType.INT) {
            throw Problem.badRequest(at, "must be a whole number of at most " + Integer.MAX_VALUE);
        }
        return json.getIntValue();
    }

    Map<String, Double> numbers(String at) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw Problem.badRequest(at, "must be an object");
        }
        Map<String, Double> numbers = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var name = json.currentName();
            json.nextToken();
            numbers.put(name, number(at + "." + shortened(name)));
        }
        return numbers;
    }

    int[] ids(String at) {
        if (!isArray()) {
            throw Problem.badRequest(at, "must be an array");
        }
        var ids = new int[64];
        int length = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            int id = whole(at);
            if (id < 0) {
                throw Problem.badRequest(at, "holds " + id + ", which is no token");
            }
            ids = length == ids.length ? Arrays.copyOf(ids, 2 * length) : ids;
            ids[length++] = id;
        }
        return Arrays.copyOf(ids, length);
    }

    float[] floats(String at) {
        if (!isArray()) {
            throw Problem.badRequest(at, "must be an array");
        }
        var numbers = new float[64];
        int length = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            float number = (float) number(at);
            if (!Float.isFinite(number)) {
                throw Problem.badRequest(at, "holds a number that is too large");
            }
            numbers = length == numbers.length ? Arrays.copyOf(numbers, 2 * length) : numbers;
            numbers[length++] = number;
        }
        return Arrays.copyOf(numbers, length);
    }

    static String shortened(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
