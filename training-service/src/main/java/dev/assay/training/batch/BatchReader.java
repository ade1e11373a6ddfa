// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.contracts.RunId;
import dev.assay.kit.problem.Problem;
import dev.assay.contracts.training.Chunk;
import dev.assay.training.datum.Sample;
import dev.assay.training.datum.Trajectory;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the body of {@code forward-backward} and {@code forward}, a turn at a time. Everything that is wrong is said with where it stands.
 * Members that no client sends are refused, as the client refuses them.
 */
final class BatchReader {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> OF_A_FORWARD = Set.of("inputs", "group_size", "reward_scale");
    private static final Set<String> OF_A_BATCH =
            Set.of("inputs", "loss_fn", "loss_fn_config", "group_size", "reward_scale", "num_substeps");

    private final JsonParser json;
    private final Set<String> members;
    private final BatchInputs inputs;

    private @Nullable String lossFn;
    private Map<String, Double> lossFnConfig = Map.of();
    private @Nullable Integer groupSize;
    private double rewardScale = 1;
    private int substeps = 1;
    private int count;

    private BatchReader(JsonParser json, Set<String> members, BatchInputs inputs) {
        this.json = json;
        this.members = members;
        this.inputs = inputs;
    }

    /** @throws Problem 400 that names the place */
    static BatchSettings read(InputStream body, BatchInputs inputs) {
        return read(body, OF_A_BATCH, inputs);
    }

    /** Of a batch that is not learnt from. @throws Problem 400 that names the place */
    static BatchSettings readForward(InputStream body, BatchInputs inputs) {
        return read(body, OF_A_FORWARD, inputs);
    }

    private static BatchSettings read(InputStream body, Set<String> members, BatchInputs inputs) {
        try (var json = JSON.createParser(body)) {
            var reader = new BatchReader(json, members, inputs);
            json.nextToken();
            reader.batch();
            if (json.nextToken() != null) {
                throw Problem.badRequest("the body goes on behind its end");
            }
            return new BatchSettings(reader.lossFn, reader.lossFnConfig, reader.groupSize, reader.rewardScale, reader.substeps);
        } catch (JacksonException e) {
            throw Problem.badRequest("the body is no JSON: " + e.getOriginalMessage());
        }
    }

    private void batch() {
        object("the body", members, name -> {
            switch (name) {
                case "inputs" -> array(name, at -> input(name + "[" + at + "]"));
                case "loss_fn" -> lossFn = text(name);
                case "loss_fn_config" -> lossFnConfig = isNull() ? Map.of() : numbers(name);
                case "group_size" -> groupSize = isNull() ? null : positive(name);
                case "reward_scale" -> rewardScale = number(name);
                case "num_substeps" -> substeps = positive(name);
                default -> throw new IllegalStateException(name);
            }
        });
        if (count == 0) {
            throw Problem.badRequest("inputs", "must hold at least one");
        }
        if (groupSize != null && count % groupSize != 0) {
            throw Problem.badRequest("group_size", count + " inputs are no groups of " + groupSize);
        }
    }

    private void input(String at) {
        count++;
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            RunId run;
            try {
                run = RunId.parse(json.getString());
            } catch (IllegalArgumentException e) {
                throw Problem.badRequest(at, "'" + shortened(json.getString()) + "' is no id of a trace");
            }
            inputs.recorded(run);
            return;
        }
        List<Sample> samples = new ArrayList<>();
        var found = new Object() {
            @Nullable Double reward;
            @Nullable RunId trace;
        };
        object(at, Set.of("samples", "reward", "trace_id"), name -> {
            var here = at + "." + name;
            switch (name) {
                case "samples" -> array(here, number -> samples.add(sample(here + "[" + number + "]")));
                case "reward" -> found.reward = number(here);
                case "trace_id" -> found.trace = isNull() ? null : trace(here);
                default -> throw new IllegalStateException(name);
            }
        });
        if (samples.isEmpty()) {
            throw Problem.badRequest(at + ".samples", "must hold at least one");
        }
        if (found.reward == null) {
            throw Problem.badRequest(at + ".reward", "required");
        }
        inputs.given(new Trajectory(samples, found.reward, found.trace));
    }

    private RunId trace(String at) {
        var text = text(at);
        try {
            return RunId.parse(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(at, "'" + shortened(text) + "' is no id of a trace");
        }
    }

    private Sample sample(String at) {
        var found = new Object() {
            int @Nullable [] prompt;
            @Nullable List<Chunk> chunks;
            int @Nullable [] output;
            float[] logprobs = {};
        };
        object(at, Set.of("prompt_token_ids", "prompt_chunks", "output_token_ids", "output_logprobs"), name -> {
            var here = at + "." + name;
            switch (name) {
                case "prompt_token_ids" -> found.prompt = isNull() ? null : ids(here);
                case "prompt_chunks" -> found.chunks = isNull() ? null : chunks(here);
                case "output_token_ids" -> found.output = ids(here);
                case "output_logprobs" -> found.logprobs = isNull() ? new float[0] : floats(here);
                default -> throw new IllegalStateException(name);
            }
        });
        if (found.output == null) {
            throw Problem.badRequest(at + ".output_token_ids", "required");
        }
        if (found.prompt != null && found.prompt.length > 0 && found.chunks != null) {
            throw Problem.badRequest(at, "has a prompt twice: prompt_token_ids or prompt_chunks");
        }
        if (found.logprobs.length != 0 && found.logprobs.length != found.output.length) {
            throw Problem.badRequest(at + ".output_logprobs",
                    found.logprobs.length + " of them for " + found.output.length + " output_token_ids");
        }
        List<Chunk> prompt = found.chunks != null ? found.chunks
                : found.prompt == null || found.prompt.length == 0 ? List.of() : List.of(new Chunk.Text(found.prompt));
        return new Sample(prompt, found.output, found.logprobs);
    }

    private List<Chunk> chunks(String at) {
        List<Chunk> chunks = new ArrayList<>();
        array(at, number -> chunks.add(chunk(at + "[" + number + "]")));
        return chunks;
    }

    private Chunk chunk(String at) {
        var found = new Object() {
            @Nullable String type;
            int @Nullable [] tokens;
            @Nullable String data;
            @Nullable String format;
            @Nullable Integer expected;
            @Nullable Integer older;
        };
        object(at, Set.of("type", "tokens", "data", "format", "expected_tokens", "height", "width"), name -> {
            var here = at + "." + name;
            switch (name) {
                case "type" -> found.type = text(here);
                case "tokens" -> {
                    if (json.currentToken() == JsonToken.START_ARRAY) {
                        found.tokens = ids(here);
                    } else {
                        found.older = positive(here);
                    }
                }
                case "data" -> found.data = text(here);
                case "format" -> found.format = text(here);
                case "expected_tokens" -> found.expected = isNull() ? null : positive(here);
                default -> json.skipChildren(); // of older pictures, and said by their content
            }
        });
        if ("encoded_text".equals(found.type)) {
            if (found.tokens == null) {
                throw Problem.badRequest(at + ".tokens", "required");
            }
            return new Chunk.Text(found.tokens);
        }
        if (!"image".equals(found.type)) {
            throw Problem.badRequest(at + ".type", "must be encoded_text or image, not '" + shortened(String.valueOf(found.type)) + "'");
        }
        var length = found.expected != null ? found.expected : found.older;
        if (found.data == null || found.format == null || length == null) {
            throw Problem.badRequest(at, "an image has data, format and expected_tokens");
        }
        if (!Set.of("png", "jpeg").contains(found.format)) {
            throw Problem.badRequest(at + ".format", "must be png or jpeg, not '" + shortened(found.format) + "'");
        }
        return new Chunk.Image(found.data, found.format, length);
    }

    /** What is done with one element or member, the parser standing at its value. */
    private interface Element {
        void read(int number);
    }

    private interface Member {
        void read(String name);
    }

    private void array(String at, Element element) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw Problem.badRequest(at, "must be an array");
        }
        for (int number = 0; json.nextToken() != JsonToken.END_ARRAY; number++) {
            element.read(number);
        }
    }

    private void object(String at, Set<String> known, Member member) {
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

    private boolean isNull() {
        return json.currentToken() == JsonToken.VALUE_NULL;
    }

    private String text(String at) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw Problem.badRequest(at, "must be a text");
        }
        return json.getString();
    }

    private double number(String at) {
        if (!json.currentToken().isNumeric()) {
            throw Problem.badRequest(at, "must be a number");
        }
        double number = json.getDoubleValue();
        if (!Double.isFinite(number)) {
            throw Problem.badRequest(at, "is too large");
        }
        return number;
    }

    private int positive(String at) {
        int number = whole(at);
        if (number < 1) {
            throw Problem.badRequest(at, "must be 1 or more, not " + number);
        }
        return number;
    }

    private int whole(String at) {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getNumberType() != JsonParser.NumberType.INT) {
            throw Problem.badRequest(at, "must be a whole number of at most " + Integer.MAX_VALUE);
        }
        return json.getIntValue();
    }

    private Map<String, Double> numbers(String at) {
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

    private int[] ids(String at) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
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

    private float[] floats(String at) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
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

    private static String shortened(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
