// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import dev.assay.gateway.call.AbortedException;
import dev.assay.gateway.call.Answer;
import dev.assay.gateway.call.Ask;
import dev.assay.gateway.call.Upstream;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Operation;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Plays script files, in every dialect. It is no model, and every answer says so. How often a rule with {@code every} has fit is counted in
 * this process, from the time its file was last read.
 */
@Component
class ScriptedUpstream implements Upstream {

    private final Performance performance;

    ScriptedUpstream(Performance performance) {
        this.performance = performance;
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public List<Dialect> speaks(Operation operation, String upstreamModel) {
        return operation == Operation.GENERATE ? List.of(Dialect.values()) : List.of();
    }

    /** @throws ModelErrorException what the script fails with: that is what its author wants the client to see, so nobody asks again */
    @Override
    public Answer ask(Ask ask) throws AbortedException {
        var cue = performance.cue(ask.dialect(), tree(ask.body()), ask.streamed(), ask.model());
        if (cue.turn().delay().isPositive()) {
            ask.exchange().pause(cue.turn().delay());
        }
        return new Played(
                Fields.builder().add("content-type", ask.streamed() ? "text/event-stream" : "application/json").build(),
                new ByteArrayInputStream(Performance.play(cue)));
    }

    private static ObjectNode tree(Body.Spliced body) {
        var bytes = new byte[body.length()];
        var at = 0;
        for (var part : body.parts()) {
            var length = part.remaining();
            part.duplicate().get(bytes, at, length);
            at += length;
        }
        try {
            if (ModelJson.MAPPER.readTree(bytes) instanceof ObjectNode tree) {
                return tree;
            }
        } catch (JacksonException e) {
            throw new ModelErrorException(ModelError.badRequest("body", "not valid JSON"));
        }
        throw new ModelErrorException(ModelError.badRequest("body", "must be a JSON object"));
    }

    private record Played(Fields headers, ByteArrayInputStream bytes) implements Answer {

        @Override
        public int status() {
            return 200;
        }

        @Override
        public int read(byte[] into, int from, int most) {
            return bytes.read(into, from, most);
        }

        @Override
        public void close() {}
    }
}
