// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.node.ObjectNode;

/** What can be done with a call and its answer without leaving its dialect. */
public final class Dialects {

    /** Anthropic refuses calls without a version. */
    private static final String VERSION = "anthropic-version";

    private static final String OLDEST_VERSION = "2023-06-01";

    /** OpenAI's models that think: they refuse the older name of the most tokens that are wanted. */
    private static final Pattern THINKING = Pattern.compile("(?:openai/)?(?:o[1-9]|gpt-[5-9])(?![0-9])");

    private static final String OLDER_LIMIT = "max_tokens";

    private Dialects() {}

    /** Which member of Chat says to a model how long its answer may be. */
    public static String lengthInChat(String upstreamModel) {
        return THINKING.matcher(upstreamModel).lookingAt() ? "max_completion_tokens" : OLDER_LIMIT;
    }

    /**
     * Looks at a call.
     *
     * @throws ModelErrorException 400: the message names the member and says what is wrong with it
     */
    public static CallHead head(Route route, Body body) {
        return HeadScan.of(route, body);
    }

    /**
     * A call as an upstream of the same dialect gets it: with its own name of the model, asked for the usage of what it streams, without
     * what it is known to refuse though clients send it. All else is as it came, to the byte.
     */
    public static Body.Spliced same(Route route, Body body, CallHead head, String upstreamModel) {
        var splices = new ArrayList<>(head.repairs());
        var name = ModelJson.MAPPER.writeValueAsString(upstreamModel);
        var askUsage = route.dialect() == Dialect.CHAT && route.operation() == Operation.GENERATE && head.streamed() && !head.usageAsked();
        if (head.modelFrom() >= 0) {
            var behind = askUsage && head.optionsFrom() < 0 ? ",\"stream_options\":{\"include_usage\":true}" : "";
            splices.add(new Body.Splice(head.modelFrom(), head.modelTo(), Dialect.utf8(name + behind)));
        }
        if (askUsage && head.optionsFrom() >= 0) {
            splices.add(new Body.Splice(head.optionsFrom(), head.optionsTo(), options(body, head)));
        }
        var renames = route.dialect() == Dialect.CHAT && route.operation() == Operation.GENERATE && head.maxOutput() >= 0
                && !lengthInChat(upstreamModel).equals(OLDER_LIMIT);
        if (renames) {
            splices.addAll(newerLimit(body));
        }
        if (route.dialect() == Dialect.GEMINI && route.operation() != Operation.GENERATE) {
            var resource = Dialect.utf8(ModelJson.MAPPER.writeValueAsString(resource(upstreamModel)));
            ModelPlaces.in(body).forEach(place -> splices.add(new Body.Splice(place.from(), place.to(), resource)));
        }
        splices.sort(Comparator.comparingInt(Body.Splice::from));
        return body.with(splices);
    }

    /** The older name of the limit gives way to the newer one, unless both are there. */
    private static List<Body.Splice> newerLimit(Body body) {
        var limits = Member.in(body.bytes(), body.length(), Set.of(OLDER_LIMIT, "max_completion_tokens"));
        var older = limits.get(OLDER_LIMIT);
        if (older == null || limits.size() > 1) {
            return List.of();
        }
        var name = Dialect.utf8('"' + OLDER_LIMIT + '"');
        var end = older.from();
        while (body.bytes()[end - 1] != '"') {
            end--; // a colon and blanks
        }
        var isSo = Arrays.equals(body.bytes(), end - name.length, end, name, 0, name.length); // else it is spelled with escapes
        return isSo ? List.of(new Body.Splice(end - name.length, end, Dialect.utf8("\"max_completion_tokens\""))) : List.of();
    }

    /** What else stands in the options stays. */
    private static byte[] options(Body body, CallHead head) {
        var said = ModelJson.MAPPER.readTree(body.bytes(), head.optionsFrom(), head.optionsTo() - head.optionsFrom());
        var options = said instanceof ObjectNode object ? object : ModelJson.MAPPER.createObjectNode();
        return ModelJson.MAPPER.writeValueAsBytes(options.put("include_usage", true));
    }

    /**
     * Reads one answer.
     *
     * @param provider how it is called in what callers are told of it
     * @param head of the call that it answers: whether that wants a stream decides what a reading makes of an answer of the other kind
     * @param translated whether the answer goes on into another dialect: then nothing is dropped that a client of this one did not ask for
     */
    public static AnswerReading reading(
            Dialect dialect, Operation operation, String provider, CallHead head, boolean translated, Instant now) {
        if (operation != Operation.GENERATE) {
            return new PlainReading(dialect, operation, provider);
        }
        return switch (dialect) {
            case CHAT -> new ChatReading(provider, head.streamed(), head.usageAsked() || translated, head.answers(), now);
            case RESPONSES -> new ResponsesReading(provider, head.streamed());
            case MESSAGES -> new MessagesReading(provider, head.streamed());
            case GEMINI -> new GeminiReading(provider, head.streamed());
        };
    }

    /** Where a call is made, below the base of an upstream: {@code https://…/v1}, of Google {@code https://…/v1beta}. With its query. */
    public static String path(Dialect dialect, Operation operation, String model, boolean streamed) {
        return switch (dialect) {
            case CHAT -> operation == Operation.EMBED ? "/embeddings" : "/chat/completions";
            case RESPONSES -> "/responses";
            case MESSAGES -> operation == Operation.COUNT_TOKENS ? "/messages/count_tokens" : "/messages";
            case GEMINI -> "/" + URLEncoder.encode(resource(model), StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/")
                    + switch (operation) {
                        case GENERATE -> streamed ? ":streamGenerateContent?alt=sse" : ":generateContent";
                        case COUNT_TOKENS -> ":countTokens";
                        case EMBED -> ":embedContent";
                        case EMBED_BATCH -> ":batchEmbedContents";
                    };
        };
    }

    /** Google's name of a model as a resource. */
    private static String resource(String model) {
        return model.startsWith("models/") || model.startsWith("tunedModels/") ? model : "models/" + model;
    }

    /** What of a client's headers an upstream of this dialect gets: what says how the body is to be read. Never a credential. */
    public static Fields passedOn(Dialect dialect, Fields request) {
        var passed = only(request, switch (dialect) {
            case CHAT, RESPONSES -> name -> name.equals("openai-beta") || name.equals("originator") || name.startsWith("x-codex-")
                    || name.startsWith("x-openai-") || name.equals("session-id") || name.equals("session_id") || name.equals("thread-id")
                    || name.equals("conversation_id") || name.equals("x-client-request-id");
            case MESSAGES -> name -> name.equals(VERSION) || name.equals("anthropic-beta") || name.equals("x-app")
                    || name.startsWith("x-claude-code-");
            case GEMINI -> name -> name.equals("x-goog-api-client") || name.equals("x-server-timeout");
        });
        return dialect == Dialect.MESSAGES && passed.first(VERSION).isEmpty()
                ? Fields.builder().addAll(passed).add(VERSION, OLDEST_VERSION).build()
                : passed;
    }

    /**
     * What of an upstream's headers its client gets: which call it was and from which weights, never how much is left of the platform's own
     * account, nor what the body is and how long.
     */
    public static Fields answered(Dialect dialect, Fields answer) {
        return only(answer, name -> name.equals("x-request-id") || name.equals("request-id") || switch (dialect) {
            case CHAT, RESPONSES -> name.equals("openai-processing-ms") || name.equals("openai-version") || name.equals("x-hud-checkpoint");
            case MESSAGES -> name.startsWith("anthropic-") && !name.startsWith("anthropic-ratelimit-")
                    && !name.startsWith("anthropic-organization");
            case GEMINI -> name.equals("x-gemini-service-tier");
        });
    }

    private static Fields only(Fields fields, Predicate<String> wanted) {
        var kept = Fields.builder();
        fields.forEach((name, value) -> {
            if (wanted.test(name) && value.chars().noneMatch(character -> character < ' ' && character != '\t' || character == 0x7f)) {
                kept.add(name, value);
            }
        });
        return kept.build();
    }

    /** Where Google's counts and embeddings name the model once more. */
    private record ModelPlaces(int from, int to) {

        static List<ModelPlaces> in(Body body) {
            var places = new ArrayList<ModelPlaces>();
            try (var in = ModelJson.MAPPER.createParser(body.bytes(), 0, body.length())) {
                in.nextToken();
                object(in, places);
            } catch (JacksonException e) {
                throw new IllegalArgumentException("a body that has been read before is no JSON now", e);
            }
            return places;
        }

        /** At the top, in what is to be counted, in each request of a batch. */
        private static void object(JsonParser in, List<ModelPlaces> places) {
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = in.currentName();
                var value = in.nextToken();
                switch (name) {
                    case "model" -> {
                        if (value == JsonToken.VALUE_STRING) {
                            var from = (int) in.currentTokenLocation().getByteOffset();
                            in.finishToken();
                            places.add(new ModelPlaces(from, (int) in.currentLocation().getByteOffset()));
                        }
                    }
                    case "generateContentRequest", "generate_content_request" -> {
                        if (value == JsonToken.START_OBJECT) {
                            object(in, places);
                        }
                    }
                    case "requests" -> {
                        while (value == JsonToken.START_ARRAY
                                && in.nextToken() != JsonToken.END_ARRAY) {
                            if (in.currentToken() == JsonToken.START_OBJECT) {
                                object(in, places);
                            }
                            in.skipChildren();
                        }
                    }
                    default -> {}
                }
                in.skipChildren();
            }
        }
    }
}
