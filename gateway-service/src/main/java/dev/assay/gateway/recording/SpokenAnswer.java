// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Piece;
import dev.assay.gateway.translate.Retold;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An answer as its client was told it.
 *
 * @param streamed whether the text is that of a stream's events; else it is one JSON value
 */
record SpokenAnswer(Dialect dialect, boolean streamed, String text) {

    private static final Pattern DATA = Pattern.compile("^data:(.*)$", Pattern.MULTILINE | Pattern.UNIX_LINES);
    private static final Set<String> BLOCKS =
            Set.of("message", "reasoning", "function_call", "text", "thinking", "redacted_thinking", "tool_use");
    private static final Set<String> PARTS = Set.of("text", "thought", "thoughtSignature", "functionCall");

    static SpokenAnswer of(Dialect dialect, boolean streamed, byte[] bytes) {
        return new SpokenAnswer(dialect, streamed, new String(bytes, StandardCharsets.UTF_8));
    }

    /** Whether there is something in it at all. */
    boolean isOne() {
        return !told().isEmpty();
    }

    byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The id by which a client can continue it; null: it cannot. */
    @Nullable String responseId() {
        if (dialect != Dialect.RESPONSES) {
            return null;
        }
        for (var one : told()) {
            var id = streamed ? one.path("response").path("id") : one.path("id");
            if (id.isString()) {
                return id.stringValue();
            }
        }
        return null;
    }

    /**
     * The same without secrets. One that a stream tells in several pieces is found as well; the stream is then written anew.
     *
     * @param call as its client sent it
     * @return empty: there is a secret in it that cannot be taken out
     */
    Optional<SpokenAnswer> without(Secrets secrets, ObjectNode call, String model, Instant at) {
        if (!streamed) {
            return spells(secrets) ? Optional.empty() : Optional.of(new SpokenAnswer(dialect, false, plain(text, secrets)));
        }
        var told = told();
        var pieces = Retold.pieces(dialect, true, told);
        var clean = Retold.with(pieces, secrets::without);
        var spoken = this;
        if (!clean.equals(pieces)) {
            var anew = written(call, model, true, clean, at);
            if (anew.isEmpty()) {
                return Optional.empty();
            }
            spoken = anew.get();
        }
        if (spoken.spells(secrets)) {
            return Optional.empty();
        }
        return Optional.of(new SpokenAnswer(dialect, true, DATA.matcher(spoken.text)
                .replaceAll(found -> Matcher.quoteReplacement("data:" + plain(found.group(1), secrets)))));
    }

    /** Whether texts that belong together have a secret that none of them has alone, such as tokens, or deltas of any kind. */
    private boolean spells(Secrets secrets) {
        var texts = new HashMap<String, List<String>>();
        told().forEach(one -> collect(one, place(one), texts));
        return texts.values().stream().filter(parts -> parts.size() > 1).anyMatch(parts -> !secrets.without(String.join("", parts))
                .equals(parts.stream().map(secrets::without).collect(Collectors.joining())));
    }

    private static void collect(JsonNode node, String place, Map<String, List<String>> texts) {
        if (node.isString()) {
            texts.computeIfAbsent(place, unused -> new ArrayList<>()).add(node.stringValue());
        }
        node.properties().forEach(member -> collect(member.getValue(), place + "/" + member.getKey(), texts));
        if (node.isArray()) {
            node.forEach(element -> collect(element, place + "/" + element.path("index").asString(""), texts));
        }
    }

    /** Which block an event is about, however its dialect says so. */
    private static String place(JsonNode event) {
        return Stream.of("type", "item_id", "output_index", "content_index", "summary_index", "index")
                .map(name -> event.path(name).asString("")).collect(Collectors.joining(" "));
    }

    /** Whatever holds none stays as it is, to the byte. */
    private static String plain(String json, Secrets secrets) {
        try {
            var told = ModelJson.MAPPER.readTree(json);
            var clean = secrets.without(told);
            return clean.equals(told) ? json : (json.startsWith(" ") ? " " : "") + ModelJson.MAPPER.writeValueAsString(clean);
        } catch (JacksonException e) {
            return secrets.without(json);
        }
    }

    /** The same answer in the other form. Empty: there is more in it than could be told otherwise. */
    Optional<SpokenAnswer> turned(ObjectNode call, String model, Instant at) {
        return written(call, model, !streamed, Retold.pieces(dialect, streamed, told()), at);
    }

    private Optional<SpokenAnswer> written(ObjectNode call, String model, boolean asStream, List<Piece> pieces, Instant at) {
        if (!told().stream().allMatch(this::isPlain)) {
            return Optional.empty();
        }
        try {
            var made = of(dialect, asStream, Retold.written(dialect, call, model, asStream, pieces, at));
            return said(Retold.pieces(dialect, asStream, made.told())).equals(said(pieces))
                    ? Optional.of(made.named(responseId()))
                    : Optional.empty();
        } catch (ModelErrorException e) {
            return Optional.empty();
        }
    }

    /** By the name that its client knows it by. */
    private SpokenAnswer named(@Nullable String id) {
        var made = responseId();
        return id == null || made == null ? this : new SpokenAnswer(dialect, streamed, text.replace(made, id));
    }

    /** What has to be the same in both: texts and calls. */
    private static List<String> said(List<Piece> pieces) {
        var said = new ArrayList<String>();
        for (var piece : pieces) {
            switch (piece) {
                case Piece.Open open -> said.add(open.kind() + " " + open.tool());
                case Piece.More(var text) -> said.add(json(text));
                default -> {}
            }
        }
        return said;
    }

    /** However arguments are spelled. */
    private static String json(String text) {
        try {
            return text.startsWith("{") ? ModelJson.MAPPER.readTree(text).toString() : text;
        } catch (JacksonException e) {
            return text;
        }
    }

    /** Whether it has nothing but what every dialect has: texts, thoughts, calls. */
    private boolean isPlain(JsonNode told) {
        return switch (dialect) {
            case CHAT -> told.path("choices").size() <= 1 && told.findValue("audio") == null;
            case RESPONSES -> arePlain(told.path("output")) && arePlain(told.path("response").path("output"));
            case MESSAGES -> arePlain(told.path("content"))
                    && BLOCKS.contains(told.path("content_block").path("type").asString("text"));
            case GEMINI -> told.path("candidates").size() <= 1
                    && told.at("/candidates/0/content/parts").valueStream().allMatch(part -> PARTS.containsAll(part.propertyNames()));
        };
    }

    private static boolean arePlain(JsonNode blocks) {
        return blocks.valueStream().allMatch(block -> BLOCKS.contains(block.path("type").asString("")));
    }

    /** The data of its events, or the one body. */
    private List<JsonNode> told() {
        if (!streamed) {
            return read(text).stream().toList();
        }
        return DATA.matcher(text).results().flatMap(found -> read(found.group(1)).stream()).toList();
    }

    private static Optional<JsonNode> read(String json) {
        try {
            return Optional.of(ModelJson.MAPPER.readTree(json)).filter(JsonNode::isObject);
        } catch (JacksonException e) {
            return Optional.empty(); // such as Chat's last line
        }
    }
}
