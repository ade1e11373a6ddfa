// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import dev.assay.gateway.client.ClientConnection;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.inference.EventStream;
import dev.assay.gateway.inference.ModelCall;
import dev.assay.gateway.inference.Provider;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import org.springframework.stereotype.Component;

/**
 * Plays script files. It is no model, and every answer says so: the provider in a header, {@code system_fingerprint} in the body. How
 * often a rule with {@code every} has fit is counted in this process, from the time its file was last read.
 */
@Component
class ScriptedProvider implements Provider {

    private final Scripts scripts;
    private final Clock clock;

    ScriptedProvider(Scripts scripts, Clock clock) {
        this.scripts = scripts;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public void answer(ModelCall call, HttpServletResponse response, ClientConnection client) throws IOException, InterruptedException {
        var loaded = scripts.named(call.model().upstreamModel());
        var conversation = Conversation.of(call.body().path("messages"));
        var turn = ScriptPlayer.play(loaded.script(), conversation, loaded.counter());
        if (turn.delay().isPositive()) {
            client.sleep(turn.delay());
        }
        switch (turn) {
            case Turn.Failure(var failure, var unused) -> throw new ModelErrorException(
                    ModelError.of(failure.status(), failure.message()).retryAfter(failure.retryAfter()));
            case Turn.Silence() -> throw new ModelErrorException(ModelError.of(400, "No rule of the script "
                    + call.model().upstreamModel() + ".yaml fits this conversation: a last rule without `when` always does."));
            case Turn.Answer answer ->
                write(call, new Completion(call.model().modelName(), conversation, answer, clock.instant()), response);
        }
    }

    private static void write(ModelCall call, Completion completion, HttpServletResponse response) throws IOException {
        if (call.streamed()) {
            var events = new EventStream(response);
            for (var chunk : completion.chunks(call.body().path("stream_options"))) {
                events.data(chunk);
            }
            events.done();
            return;
        }
        var body = ModelJson.MAPPER.writeValueAsBytes(completion.whole());
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
