// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.contracts.training.Chunk;
import dev.assay.kit.problem.Problem;
import dev.assay.training.datum.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one turn of a model, as clients send it and spans keep it. */
final class SampleReader {

    private SampleReader() {}

    /** The reader stands at the sample. @throws Problem 400 that names the place */
    static Sample read(PlacedJson json, String at) {
        var found = new Object() {
            int @Nullable [] prompt;
            @Nullable List<Chunk> chunks;
            int @Nullable [] output;
            float[] logprobs = {};
        };
        json.object(at, Set.of("prompt_token_ids", "prompt_chunks", "output_token_ids", "output_logprobs"), name -> {
            var here = at + "." + name;
            switch (name) {
                case "prompt_token_ids" -> found.prompt = json.isNull() ? null : json.ids(here);
                case "prompt_chunks" -> found.chunks = json.isNull() ? null : chunks(json, here);
                case "output_token_ids" -> found.output = json.ids(here);
                case "output_logprobs" -> found.logprobs = json.isNull() ? new float[0] : json.floats(here);
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

    private static List<Chunk> chunks(PlacedJson json, String at) {
        List<Chunk> chunks = new ArrayList<>();
        json.array(at, number -> chunks.add(chunk(json, at + "[" + number + "]")));
        return chunks;
    }

    private static Chunk chunk(PlacedJson json, String at) {
        var found = new Object() {
            @Nullable String type;
            int @Nullable [] tokens;
            @Nullable String data;
            @Nullable String format;
            @Nullable Integer expected;
            @Nullable Integer older;
        };
        json.object(at, Set.of("type", "tokens", "data", "format", "expected_tokens", "height", "width"), name -> {
            var here = at + "." + name;
            switch (name) {
                case "type" -> found.type = json.text(here);
                case "tokens" -> {
                    if (json.isArray()) {
                        found.tokens = json.ids(here);
                    } else {
                        found.older = json.positive(here);
                    }
                }
                case "data" -> found.data = json.text(here);
                case "format" -> found.format = json.text(here);
                case "expected_tokens" -> found.expected = json.isNull() ? null : json.positive(here);
                default -> json.skip(); // of older pictures, and said by their content
            }
        });
        if ("encoded_text".equals(found.type)) {
            if (found.tokens == null) {
                throw Problem.badRequest(at + ".tokens", "required");
            }
            return new Chunk.Text(found.tokens);
        }
        if (!"image".equals(found.type)) {
            throw Problem.badRequest(at + ".type", "must be encoded_text or image, not '" + PlacedJson.shortened(String.valueOf(found.type)) + "'");
        }
        var length = found.expected != null ? found.expected : found.older;
        if (found.data == null || found.format == null || length == null) {
            throw Problem.badRequest(at, "an image has data, format and expected_tokens");
        }
        if (!Set.of("png", "jpeg").contains(found.format)) {
            throw Problem.badRequest(at + ".format", "must be png or jpeg, not '" + PlacedJson.shortened(found.format) + "'");
        }
        return new Chunk.Image(found.data, found.format, length);
    }
}
