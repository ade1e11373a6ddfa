// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.worker.sandbox.Sandboxes;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ForkCheckTests {

    @Test
    void theFirstTaskThatNeedsNothingIsTried() {
        var tasks = Json.MAPPER.readTree("""
                [{"id": "needs", "args": {"properties": {"x": {}}, "required": ["x"]}},
                 {"id": "may", "args": {"properties": {"x": {"default": 1}}}},
                 {"id": "plain"}]""");
        assertThat(ForkCheck.withoutArguments(tasks)).contains("may");
        assertThat(ForkCheck.withoutArguments(Json.MAPPER.readTree("[{\"id\": \"needs\", \"args\": {\"required\": [\"x\"]}}]"))).isEmpty();
        assertThat(ForkCheck.withoutArguments(Json.MAPPER.readTree("[]"))).isEmpty();
    }

    @Test
    void whatComesToTheSameMayBeForked() {
        assertThat(ForkCheck.difference("t", "{\"prompt\":\"a\"} {\"score\":1}", "{\"prompt\":\"a\"} {\"score\":1}")).isEmpty();
    }

    @Test
    void whatComesToSomethingElseMayNotAndItsAuthorIsToldWhat() {
        assertThat(ForkCheck.difference("t", "{\"score\":1}", "{\"score\":0}"))
                .hasValue("task 't', with the same answer, came to something else as a fork: {\"score\":0} and not {\"score\":1}");
        assertThat(ForkCheck.difference("t", "x".repeat(10_000), "y").orElse("").length()).isLessThan(500);
    }

    @Test
    void onlyWhatWasAForkIsCompared() {
        assertThat(ForkCheck.unlessFork(new Sandboxes.Tried(new Stand(true), Optional.empty()))).isEmpty();
    }

    @Test
    void whatIsNoForkForNoReasonOfItsOwnIsNotWrittenDown() {
        var neither = ForkCheck.unlessFork(new Sandboxes.Tried(new Stand(false), Optional.empty())).orElseThrow();
        assertThat(neither.forked()).isFalse();
        assertThat(neither.lasting()).isFalse();
        var refused = new Sandboxes.Tried(new Stand(false), Optional.of("it started threads"));
        assertThat(ForkCheck.unlessFork(refused)).hasValue(ForkCheck.Verdict.afresh("it started threads"));
        assertThat(ForkCheck.doesNotStart(SandboxException.ofHost("no disk", null)).lasting()).isFalse();
        assertThat(ForkCheck.doesNotStart(new SandboxException("it exited")).lasting()).isTrue();
    }

    private record Stand(@Override boolean isFork) implements Sandbox {

        @Override
        public SocketAddress address() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<URI> door() {
            return Optional.empty();
        }

        @Override
        public String outputTail() {
            return "";
        }

        @Override
        public boolean alive() {
            return true;
        }

        @Override
        public void close() {}
    }
}
