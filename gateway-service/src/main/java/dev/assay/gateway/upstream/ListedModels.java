// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.internal.OfferedModels.Offer;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Operation;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what an upstream lists, and says how the catalog is to call it. Pure. */
final class ListedModels {

    /** What they are called that take no conversation. */
    private static final Pattern OTHER_WORK = Pattern.compile(
            "embed|(^|[-/_.])(tts|whisper|transcribe|realtime|audio|dall-e|image|imagen|veo|sora|moderation|rerank(er)?|ocr|speech|babbage|davinci)([-_.0-9]|$)");
    private static final Set<String> TALKING = Set.of("", "model", "chat", "language", "code", "base", "llm", "text", "text-generation");
    /** Of an id, and of a name: what is longer is none. */
    private static final int LONGEST = 200;
    private static final long LATEST_SECOND = 4_102_444_800L;

    /** @param id as the upstream calls it */
    private record Listed(String id, @Nullable String name, @Nullable Instant releasedAt) {}

    private ListedModels() {}

    /**
     * @param list as it came: {@code data} or {@code models} or the bare list
     * @throws IllegalArgumentException if it is no list of models
     */
    static List<Offer> offers(UpstreamSettings upstream, JsonNode list) {
        var models = list.isArray() ? list : list.path("data").isArray() ? list.path("data") : list.path("models");
        if (!models.isArray()) {
            throw new IllegalArgumentException("it answers with no list of models");
        }
        return models.valueStream()
                .filter(ListedModels::talks)
                .flatMap(model -> listed(model).stream())
                .filter(model -> upstream.models().isEmpty() || upstream.models().contains(model.id()))
                .map(model -> offer(upstream, model))
                .toList();
    }

    /** What the next page is asked for with; null: this is the last. */
    static @Nullable String next(UpstreamSettings upstream, JsonNode list) {
        var next = upstream.known().dialects().getFirst() == Dialect.GEMINI
                ? list.path("nextPageToken").asString("")
                : list.path("has_more").asBoolean(false) ? list.path("last_id").asString("") : "";
        return next.isEmpty() ? null : next;
    }

    /** What the operator names is what is offered, where nothing can be asked. */
    static List<Offer> named(UpstreamSettings upstream) {
        return upstream.models().stream().map(id -> offer(upstream, new Listed(id, null, null))).toList();
    }

    private static Optional<Listed> listed(JsonNode model) {
        var text = model.path("id").asString(model.path("name").asString("")).strip();
        var id = text.startsWith("models/") ? text.substring("models/".length()) : text;
        var shown = Stream.of("display_name", "displayName")
                .map(name -> model.path(name).asString("").strip())
                .filter(name -> !name.isEmpty() && name.length() <= LONGEST);
        return id.isEmpty() || id.length() > LONGEST || OTHER_WORK.matcher(id.toLowerCase(Locale.ROOT)).find()
                ? Optional.empty()
                : Optional.of(new Listed(id, shown.findFirst().orElse(null), released(model)));
    }

    /** Whether it takes a conversation and gives text, so far as the list says. */
    private static boolean talks(JsonNode model) {
        var methods = model.path("supportedGenerationMethods");
        var given = model.path("architecture").path("output_modalities");
        return model.isObject()
                && TALKING.contains(model.path("type").asString("").toLowerCase(Locale.ROOT))
                && (!methods.isArray() || methods.valueStream().anyMatch(method -> method.asString("").equals("generateContent")))
                && (!given.isArray() || given.valueStream().anyMatch(kind -> kind.asString("").equals("text")))
                && model.path("capabilities").path("completion_chat").asBoolean(true)
                && model.path("active").asBoolean(true);
    }

    private static Offer offer(UpstreamSettings upstream, Listed model) {
        var isPlain = !upstream.isPassing() && (upstream.known().plain() || model.id().indexOf('/') >= 0);
        var slug = isPlain ? model.id() : upstream.name() + "/" + model.id();
        var agent = agent(upstream, model.id());
        return new Offer(slug, model.name(), vendor(upstream, slug, agent), agent, model.id(), model.releasedAt());
    }

    /** The agent that gets most out of it: the one whose dialect the upstream speaks with this model. */
    private static String agent(UpstreamSettings upstream, String id) {
        var spoken = upstream.speaks(Operation.GENERATE, id);
        var name = id.substring(id.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        if (spoken.contains(Dialect.MESSAGES) && (name.contains("claude") || spoken.size() == 1)) {
            return "claude";
        }
        if (spoken.contains(Dialect.GEMINI)) {
            return "gemini";
        }
        return !spoken.isEmpty() && spoken.getFirst() == Dialect.RESPONSES ? "openai" : "openai_compatible";
    }

    /** Clients choose their library by this word. */
    private static String vendor(UpstreamSettings upstream, String slug, String agent) {
        return switch (agent) {
            case "claude" -> "anthropic";
            case "gemini" -> "gemini";
            case "openai" -> "openai";
            default -> upstream.known().plain() ? upstream.name() : slug.substring(0, slug.indexOf('/'));
        };
    }

    private static @Nullable Instant released(JsonNode model) {
        var seconds = model.path("created");
        if (seconds.isIntegralNumber() && seconds.canConvertToLong() && seconds.asLong() > 0 && seconds.asLong() < LATEST_SECOND) {
            return Instant.ofEpochSecond(seconds.asLong());
        }
        try {
            var text = model.path("created_at").asString("");
            return text.isEmpty() ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
