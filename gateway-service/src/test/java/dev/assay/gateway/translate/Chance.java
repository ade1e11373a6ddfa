// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Usage;
import dev.assay.gateway.translate.Conversation.Effort;
import dev.assay.gateway.translate.Conversation.Form;
import dev.assay.gateway.translate.Conversation.Level;
import dev.assay.gateway.translate.Conversation.Sampling;
import dev.assay.gateway.translate.Conversation.Speaker;
import dev.assay.gateway.translate.Conversation.ToolChoice;
import dev.assay.gateway.translate.Conversation.ToolDeclaration;
import dev.assay.gateway.translate.Conversation.ToolKind;
import dev.assay.gateway.translate.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Conversations and answers by chance, of what a set of dialects can say: each its own for each seed. */
final class Chance {

    private static final String[] TEXTS = {
        "a", "two\nlines", "\"quoted\" \\ and {\"json\": 1}", "smile 😀 ü", "  blanks around  ", "data: x\n\nevent: y", "0", "null"
    };

    private final Random random;
    private final Set<Dialect> dialects;
    private int ids;

    Chance(long seed, Set<Dialect> dialects) {
        this.random = new Random(seed);
        this.dialects = dialects;
    }

    private boolean without(Dialect dialect) {
        return !dialects.contains(dialect);
    }

    private boolean coin() {
        return random.nextBoolean();
    }

    private <T> @Nullable T maybe(boolean possible, Supplier<T> one) {
        return possible && coin() ? one.get() : null;
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private ObjectNode json() {
        var object = ModelJson.MAPPER.createObjectNode();
        if (coin()) {
            object.put("text", text());
        }
        if (coin()) {
            object.putArray("list").add(random.nextInt(9)).add(true).addNull();
        }
        return object;
    }

    Conversation conversation() {
        var turns = new ArrayList<Turn>();
        if (coin()) {
            turns.add(new Turn(Speaker.SYSTEM, List.of(new Block.Text(text()))));
        }
        turns.add(new Turn(Speaker.USER, said(true)));
        for (var more = random.nextInt(4); more > 0; more--) {
            var calls = calls();
            var assistant = new ArrayList<Block>(calls.isEmpty() || coin() ? said(false) : List.of());
            assistant.addAll(calls);
            turns.add(new Turn(Speaker.ASSISTANT, assistant));
            var user = new ArrayList<Block>();
            calls.forEach(call -> user.add(result(((Block.ToolCall) call).id())));
            if (calls.isEmpty() || coin()) {
                user.addAll(said(true));
            }
            turns.add(new Turn(Speaker.USER, user));
        }
        var tools = tools();
        return new Conversation(
                turns,
                tools,
                tools.isEmpty() ? new ToolChoice.Auto() : choice(tools),
                tools.isEmpty() || !without(Dialect.GEMINI) || coin(),
                sampling(),
                form(),
                new Effort(maybe(true, () -> List.of(Level.LOW, Level.MEDIUM, Level.HIGH).get(random.nextInt(3))), null, false),
                coin(),
                false,
                maybe(without(Dialect.MESSAGES) && without(Dialect.GEMINI), () -> 1 + random.nextInt(3)));
    }

    private List<Block> said(boolean byUser) {
        var blocks = new ArrayList<Block>();
        blocks.add(new Block.Text(text()));
        if (byUser && coin()) {
            blocks.add(image());
        }
        if (byUser && random.nextInt(4) == 0) {
            blocks.add(new Block.Document(new Block.Source.Inline("application/pdf", "JVBERi0="), "paper.pdf"));
        }
        if (coin()) {
            blocks.add(new Block.Text(text()));
        }
        return blocks;
    }

    private Block image() {
        return new Block.Image(
                without(Dialect.GEMINI) && coin()
                        ? new Block.Source.Link("https://example.org/a.png?b=c")
                        : new Block.Source.Inline("image/png", "iVBORw0KGgo+/w=="),
                null);
    }

    private List<Block> calls() {
        var calls = new ArrayList<Block>();
        for (var more = random.nextInt(3); more > 0; more--) {
            calls.add(new Block.ToolCall("call_" + ++ids, coin() ? "bash" : "read", null, new Block.Arguments.Json(json())));
        }
        return calls;
    }

    private Block result(String id) {
        var blocks = new ArrayList<Block>();
        blocks.add(new Block.Text(text()));
        if (without(Dialect.CHAT) && coin()) {
            blocks.add(image());
        }
        return new Block.ToolResult(id, blocks, without(Dialect.CHAT) && coin());
    }

    private List<ToolDeclaration> tools() {
        var tools = new ArrayList<ToolDeclaration>();
        for (var name : List.of("bash", "read", "a-b_C9")) {
            if (coin()) {
                var schema = ModelJson.MAPPER.readTree("""
                        {"type": "object", "properties": {"x": {"type": ["string", "null"]}}, "required": ["x"]}""");
                tools.add(new ToolDeclaration(ToolKind.FUNCTION, name, null, text(), schema, null, null));
            }
        }
        return tools;
    }

    private ToolChoice choice(List<ToolDeclaration> tools) {
        return switch (random.nextInt(4)) {
            case 0 -> new ToolChoice.Auto();
            case 1 -> without(Dialect.MESSAGES) || without(Dialect.GEMINI) ? new ToolChoice.Any() : new ToolChoice.Auto();
            case 2 -> new ToolChoice.Any();
            default -> new ToolChoice.One(tools.getFirst().name());
        };
    }

    private Sampling sampling() {
        var isChatOrGemini = without(Dialect.MESSAGES) && without(Dialect.RESPONSES);
        var topK = without(Dialect.CHAT) && without(Dialect.RESPONSES);
        return new Sampling(
                maybe(true, () -> 0.25),
                maybe(true, () -> 0.5),
                maybe(topK, () -> 40L),
                without(Dialect.MESSAGES) ? maybe(true, () -> 1000L) : Long.valueOf(1000),
                without(Dialect.RESPONSES) && coin() ? List.of("END", "\n\n") : List.of(),
                maybe(isChatOrGemini, () -> 7L),
                maybe(isChatOrGemini, () -> 0.5),
                maybe(isChatOrGemini, () -> -0.5));
    }

    private Form form() {
        return switch (random.nextInt(3)) {
            case 0 -> new Form.Prose();
            case 1 -> without(Dialect.MESSAGES) ? new Form.AnyJson() : new Form.Prose();
            default -> new Form.Schema("answer", ModelJson.MAPPER.readTree("{\"type\": \"object\"}"), null);
        };
    }

    /** An answer: thoughts first, then a text, then calls. */
    List<Piece> answer() {
        var pieces = new ArrayList<Piece>();
        pieces.add(new Piece.Begin());
        var thought = coin();
        if (thought) {
            block(pieces, Piece.Kind.THINKING, null, null, text());
        }
        var calls = random.nextInt(3);
        if (calls == 0 || coin()) {
            block(pieces, Piece.Kind.TEXT, null, null, text() + text());
        }
        for (var call = 0; call < calls; call++) {
            block(pieces, Piece.Kind.TOOL, "call_" + ++ids, coin() ? "bash" : "read", ModelJson.MAPPER.writeValueAsString(json()));
        }
        var write = without(Dialect.GEMINI) ? some() : 0;
        pieces.add(new Piece.End(
                calls > 0 ? Finish.TOOLS : coin() ? Finish.STOP : Finish.LENGTH,
                null,
                new Usage(1000 + some(), some(), write, 0, 100 + some(), some(), 0, false)));
        return pieces;
    }

    private int some() {
        return random.nextInt(50);
    }

    private void block(List<Piece> pieces, Piece.Kind kind, @Nullable String id, @Nullable String tool, String text) {
        pieces.add(new Piece.Open(kind, id, tool));
        for (var from = 0; from < text.length(); ) {
            var to = Math.min(text.length(), from + 1 + random.nextInt(6));
            to += to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? 1 : 0;
            pieces.add(new Piece.More(text.substring(from, to)));
            from = to;
        }
        pieces.add(new Piece.Close());
    }
}
