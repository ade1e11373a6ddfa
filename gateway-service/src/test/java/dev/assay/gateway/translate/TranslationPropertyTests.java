// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.CallHead;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Route;
import dev.assay.gateway.translate.Conversation.Turn;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/** What two dialects can both say survives between them, whatever it is. A failure names the seed that it can be repeated with. */
class TranslationPropertyTests {

    private static final int SEEDS = 100;

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aCallIsReadAsItWasWritten(Dialect dialect) {
        for (var seed = 0; seed < SEEDS; seed++) {
            var call = new Chance(seed, EnumSet.of(dialect)).conversation();
            assertThat(canonical(read(dialect, write(dialect, call), call.streamed()))).as("seed %d", seed).isEqualTo(canonical(call));
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aCallSurvivesFromOneDialectToAnother(Dialect asked, Dialect of) {
        for (var seed = 0; seed < SEEDS; seed++) {
            var call = new Chance(seed, EnumSet.of(asked, of)).conversation();
            var bytes = ModelJson.MAPPER.writeValueAsBytes(write(asked, call));
            var translated = Translations.call(
                    new Route(asked, Operation.GENERATE, null, call.streamed()),
                    Body.of(bytes),
                    head(call.streamed()),
                    of,
                    "upstream",
                    Instant.EPOCH);
            var body = tree(translated.body());
            assertThat(canonical(read(of, body, call.streamed()))).as("seed %d", seed).isEqualTo(canonical(call));
            if (of != Dialect.GEMINI) {
                assertThat(body.path("model").asString()).isEqualTo("upstream");
                assertThat(body.path("stream").asBoolean()).isEqualTo(call.streamed());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void anAnswerSurvivesWholeAndStreamed(Dialect asked, Dialect of) {
        for (var seed = 0; seed < SEEDS; seed++) {
            var chance = new Chance(seed, EnumSet.of(asked, of));
            var answer = chance.answer();
            for (var streamed : new boolean[] {false, true}) {
                var upstream = written(of, streamed, answer);
                var route = new Route(asked, Operation.GENERATE, null, streamed);
                var translation = Translations.call(route, asking(asked), head(streamed), of, "upstream", Instant.EPOCH).answer();
                var client = new ByteArrayOutputStream();
                if (streamed) {
                    for (var event : events(upstream)) {
                        var data = event.getBytes(StandardCharsets.UTF_8);
                        client.writeBytes(translation.event("", data, 0, data.length));
                    }
                    client.writeBytes(translation.end());
                } else {
                    client.writeBytes(translation.whole(upstream, 0, upstream.length));
                }
                assertThat(said(pieces(asked, streamed, client.toByteArray())))
                        .as("seed %d, streamed %s:%n%s", seed, streamed, client)
                        .isEqualTo(said(answer));
            }
        }
    }

    static Stream<Arguments> pairs() {
        return Arrays.stream(Dialect.values())
                .flatMap(asked -> Arrays.stream(Dialect.values()).filter(of -> of != asked).map(of -> Arguments.of(asked, of)));
    }

    // --- what they need

    static Conversation read(Dialect dialect, ObjectNode body, boolean streamed) {
        return Translations.conversation(dialect, body, streamed, Losses.strict(dialect));
    }

    static ObjectNode write(Dialect dialect, Conversation call) {
        var losses = Losses.strict(dialect);
        var body = switch (dialect) {
            case CHAT -> ChatCalls.write(call, "model", losses);
            case RESPONSES -> ResponsesCalls.write(call, "model", losses);
            case MESSAGES -> MessagesCalls.write(call, "model", losses);
            case GEMINI -> GeminiCalls.write(call, losses);
        };
        return ModelJson.MAPPER.readTree(ModelJson.MAPPER.writeValueAsBytes(body)).asObject();
    }

    /** Without what the dialects say in more than one way, or not at all: turns of one speaker in a row, titles, thoughts to be shown. */
    private static Conversation canonical(Conversation call) {
        var turns = new ArrayList<Turn>();
        for (var turn : call.turns()) {
            var blocks = new ArrayList<Block>();
            if (!turns.isEmpty() && turns.getLast().speaker() == turn.speaker()) {
                blocks.addAll(turns.removeLast().blocks());
            }
            for (var block : turn.blocks()) {
                blocks.add(block instanceof Block.Document(var source, var title) ? new Block.Document(source, null) : block);
            }
            turns.add(new Turn(turn.speaker(), blocks));
        }
        return new Conversation(
                turns,
                call.tools(),
                call.choice(),
                call.parallelTools(),
                call.sampling(),
                call.form(),
                new Conversation.Effort(call.effort().level(), null, false),
                call.streamed(),
                false,
                call.topLogprobs());
    }

    static CallHead head(boolean streamed) {
        return new CallHead("asked-model", -1, -1, streamed, -1, false, null, true, -1, -1, true, List.of(), 1, null);
    }

    static Body asking(Dialect dialect) {
        return Body.of((switch (dialect) {
                    case CHAT -> """
                            {"messages": [{"role": "user", "content": "x"}], "stream_options": {"include_usage": true}}""";
                    case RESPONSES -> """
                            {"input": "x"}""";
                    case MESSAGES -> """
                            {"max_tokens": 10, "messages": [{"role": "user", "content": "x"}]}""";
                    case GEMINI -> """
                            {"contents": [{"parts": [{"text": "x"}]}]}""";
                })
                .getBytes(StandardCharsets.UTF_8));
    }

    static ObjectNode tree(Body.Spliced body) {
        return ModelJson.MAPPER.readTree(body.parts().getFirst().array()).asObject();
    }

    static byte[] written(Dialect dialect, boolean streamed, List<Piece> answer) {
        var body = ModelJson.MAPPER.readTree(asking(dialect).bytes()).asObject();
        var writer = new Asked(dialect, read(dialect, body, streamed), body, "upstream", Instant.EPOCH, null).writer();
        var bytes = new ByteArrayOutputStream();
        answer.forEach(piece -> writer.piece(piece, bytes::writeBytes));
        return bytes.toByteArray();
    }

    static List<String> events(byte[] stream) {
        return Arrays.stream(new String(stream, StandardCharsets.UTF_8).split("\n\n"))
                .map(event -> event.substring(event.indexOf("data: ") + 6))
                .toList();
    }

    private static List<Piece> pieces(Dialect dialect, boolean streamed, byte[] bytes) {
        var pieces = new ArrayList<Piece>();
        var reader = AnswerReader.of(dialect);
        if (streamed) {
            events(bytes).stream()
                    .filter(data -> data.startsWith("{"))
                    .forEach(data -> reader.event(ModelJson.MAPPER.readTree(data), pieces::add));
        } else {
            reader.whole(ModelJson.MAPPER.readTree(bytes), pieces::add);
        }
        reader.end(pieces::add);
        return pieces;
    }

    /** What an answer says, however it was cut. */
    private static List<Object> said(List<Piece> pieces) {
        var gathered = new Gathered();
        pieces.forEach(gathered::add);
        var said = new ArrayList<>();
        for (var part : gathered.parts) {
            var text = part.text.toString();
            said.add(List.of(part.kind, String.valueOf(part.callId), String.valueOf(part.tool),
                    part.is(Piece.Kind.TOOL) ? ModelJson.MAPPER.readTree(text) : text));
        }
        said.add(pieces.getLast());
        return said;
    }

}
