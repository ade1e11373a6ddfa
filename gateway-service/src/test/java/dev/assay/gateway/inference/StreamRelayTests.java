// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.call.Answer;
import dev.assay.gateway.call.Ask;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.call.Ending;
import dev.assay.gateway.call.AbortedException;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Dialects;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Route;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.web.BytesInFlight;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.coyote.OutputBuffer;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/** What of a recorded stream reaches a client, however its bytes come and wherever they end. */
class StreamRelayTests {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final BytesInFlight ROOM = BytesInFlight.ofThisProcess(1 << 30);

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aStreamPassesToTheByteHoweverItComes(Dialect dialect) throws IOException {
        var stream = stream(dialect);
        for (var piece : new int[] {1, 2, 3, 7, 100, 10_000}) {
            assertThat(relayed(dialect, stream, stream.length, piece, false)).as("in pieces of %d", piece).isEqualTo(text(stream));
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aStreamThatIsCutAnywhereIsWholeEventsAndThenAnErrorOrCanBeAskedAgain(Dialect dialect) throws IOException {
        var stream = stream(dialect);
        for (var cut = 0; cut < stream.length; cut++) {
            for (var breaks : new boolean[] {false, true}) {
                String got;
                try {
                    got = relayed(dialect, stream, cut, 50, breaks);
                } catch (AskFailure e) {
                    continue; // nothing of it was seen by the client
                }
                var events = got.split("(?<=\n\n)");
                var whole = 0;
                while (whole < events.length && text(stream).startsWith(joined(events, whole + 1))) {
                    whole++;
                }
                var rest = got.substring(joined(events, whole).length());
                if (rest.isEmpty()) {
                    assertThat(isWhole(dialect, got)).as("cut at %d: %s", cut, got).isTrue();
                } else if (!isWhole(dialect, got)) {
                    assertThat(rest).as("cut at %d", cut).contains("error").endsWith("\n\n");
                }
            }
        }
    }

    @Test
    void aStreamThatIsWantedAsAListIsOneWhateverBecomesOfIt() throws IOException {
        var stream = stream(Dialect.GEMINI);
        var chunks = text(stream).lines().filter(line -> line.startsWith("data: ")).map(line -> JSON.readTree(line.substring(6))).toList();
        for (var piece : new int[] {1, 7, 10_000}) {
            assertThat(JSON.readTree(relayed(asList(), Dialect.GEMINI, stream, stream.length, piece, false)).valueStream()).isEqualTo(chunks);
        }
        for (var cut = 0; cut < stream.length; cut++) {
            String got;
            try {
                got = relayed(asList(), Dialect.GEMINI, stream, cut, 50, true);
            } catch (AskFailure e) {
                continue; // then the client is told by somebody else
            }
            var elements = JSON.readTree(got).valueStream().toList();
            assertThat(elements).as("cut at %d", cut).isNotEmpty();
            assertThat(elements.subList(0, elements.size() - 1)).as("cut at %d", cut).isEqualTo(chunks.subList(0, elements.size() - 1));
            assertThat(elements.getLast().has("error") || elements.equals(chunks)).as("cut at %d: %s", cut, got).isTrue();
        }
    }

    @Test
    void inAListSignsOfLifeAreBlanksAndAnErrorBeforeItIsAListToo() throws IOException {
        var client = asList();
        client.answer.watched(true);
        client.answer.signOfLife(0);
        client.answer.fail(ModelError.of(503, "not now"));
        assertThat(JSON.readTree(text(client.out.toByteArray())).path(0).path("error").path("status").asString()).isEqualTo("UNAVAILABLE");

        var refused = asList();
        refused.answer.fail(ModelError.of(404, "no such model"));
        assertThat(JSON.readTree(text(refused.out.toByteArray())).path(0).path("error").path("code").asInt()).isEqualTo(404);
        assertThat(refused.response.getStatus()).isEqualTo(404);
    }

    private static Written asList() {
        var client = new Written();
        client.answer = new CoyoteAnswer(Dialect.GEMINI, new StreamForm.JsonList(), new Request(), client.response);
        return client;
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void nothingIsSentOfAStreamThatDiesBeforeItSaysAnything(Dialect dialect) {
        var first = text(stream(dialect)).indexOf("\n\n") + 2;
        assertThatThrownBy(() -> relayed(dialect, stream(dialect), dialect == Dialect.GEMINI ? 10 : first, 50, true))
                .isInstanceOf(AskFailure.class);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void whatEndsACallFromOutsideIsNoFaultOfTheUpstreams(Dialect dialect) {
        var stream = stream(dialect);
        var client = new Written();
        var call = call(dialect, client);
        assertThatThrownBy(() -> new StreamRelay(passing(dialect, call, client)).relay(ask(dialect, call), new Recorded(stream, 20, 10, true) {
            @Override
            public int read(byte[] into, int from, int most) throws IOException {
                call.end(Ending.GONE);
                return super.read(into, from, most);
            }
        })).isInstanceOf(AbortedException.class);
    }

    private static String joined(String[] events, int count) {
        return List.of(events).subList(0, count).stream().collect(Collectors.joining());
    }

    private static boolean isWhole(Dialect dialect, String got) {
        return switch (dialect) {
            case CHAT -> got.endsWith("data: [DONE]\n\n");
            case RESPONSES -> got.contains("\"type\":\"response.completed\"");
            case MESSAGES -> got.contains("\"type\":\"message_stop\"");
            case GEMINI -> got.contains("\"finishReason\":\"STOP\"");
        } && !got.contains("\"error\":{");
    }

    private static String relayed(Dialect dialect, byte[] stream, int cut, int piece, boolean breaks) throws IOException {
        return relayed(new Written(), dialect, stream, cut, piece, breaks);
    }

    private static String relayed(Written client, Dialect dialect, byte[] stream, int cut, int piece, boolean breaks) throws IOException {
        var call = call(dialect, client);
        try {
            new StreamRelay(passing(dialect, call, client)).relay(ask(dialect, call), new Recorded(stream, cut, piece, breaks));
        } catch (AskFailure e) {
            if (!client.answer.answered()) {
                throw e;
            }
            client.answer.fail(e.told()); // as whoever serves the call does
        }
        return client.out.toString(StandardCharsets.UTF_8);
    }

    private static Exchange call(Dialect dialect, Written client) {
        if (client.answer == null) {
            client.answer = new CoyoteAnswer(dialect, new Request(), client.response);
        }
        return new Exchange(
                UUID.randomUUID(),
                route(dialect),
                Fields.NONE,
                new Caller(TeamId.random(), new UserId(UUID.randomUUID()), Role.MEMBER),
                UUID.randomUUID(),
                client.answer);
    }

    private static Passing passing(Dialect dialect, Exchange call, Written client) {
        var reading = Dialects.reading(dialect, Operation.GENERATE, "recorded", Dialects.head(route(dialect), body(dialect)), false, CLOCK.instant());
        return new Passing(call, client.answer, "recorded", dialect, reading, null, null, () -> "unknown", 1 << 20, ROOM, CLOCK);
    }

    private static Ask ask(Dialect dialect, Exchange call) {
        return new Ask(dialect, Operation.GENERATE, "m", true, Body.Spliced.whole(new byte[0]), Fields.NONE, call);
    }

    private static Route route(Dialect dialect) {
        return switch (dialect) {
            case CHAT -> Route.of("POST", "/inference/chat/completions").orElseThrow();
            case RESPONSES -> Route.of("POST", "/inference/responses").orElseThrow();
            case MESSAGES -> Route.of("POST", "/inference/v1/messages").orElseThrow();
            case GEMINI -> Route.of("POST", "/inference/v1beta/models/m:streamGenerateContent").orElseThrow();
        };
    }

    private static Body body(Dialect dialect) {
        return Body.of((switch (dialect) {
            case CHAT -> "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
            case RESPONSES -> "{\"model\":\"m\",\"stream\":true,\"input\":\"x\"}";
            case MESSAGES -> "{\"model\":\"m\",\"stream\":true,\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
            case GEMINI -> "{\"contents\":[{\"parts\":[{\"text\":\"x\"}]}]}";
        }).getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] stream(Dialect dialect) {
        try (var file = StreamRelayTests.class.getResourceAsStream("/streams/" + dialect.name().toLowerCase(java.util.Locale.ROOT) + ".sse")) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A client that takes everything. */
    private static final class Written implements OutputBuffer {

        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final Response response = new Response();
        CoyoteAnswer answer;

        Written() {
            response.setOutputBuffer(this);
        }

        @Override
        public int doWrite(ByteBuffer chunk) {
            var length = chunk.remaining();
            out.write(chunk.array(), chunk.arrayOffset() + chunk.position(), length);
            chunk.position(chunk.limit());
            return length;
        }

        @Override
        public long getBytesWritten() {
            return out.size();
        }
    }

    /** A recorded stream that ends too early, in one way or the other. */
    private static class Recorded implements Answer {

        private final ByteArrayInputStream bytes;
        private final int piece;
        private final boolean breaks;

        Recorded(byte[] stream, int cut, int piece, boolean breaks) {
            this.bytes = new ByteArrayInputStream(stream, 0, cut);
            this.piece = piece;
            this.breaks = breaks;
        }

        @Override
        public int status() {
            return 200;
        }

        @Override
        public Fields headers() {
            return Fields.builder().add("content-type", "text/event-stream").build();
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            var read = bytes.read(into, from, Math.min(piece, most));
            if (read < 0 && breaks) {
                throw new IOException("the upstream dies here");
            }
            return read;
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
