// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.internal.BuildLease.Example;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.worker.sandbox.Sandboxes;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ForkCheckTests {

    private static final TrialTask KNOWN = new TrialTask("t", Json.object(), false);

    @Test
    void aTaskThatTheTeamRunsIsTriedOrTheFirstThatNeedsNothing() {
        var tasks = Json.MAPPER.readTree("""
                [{"id": "needs", "args": {"properties": {"x": {}}, "required": ["x"]}},
                 {"id": "may", "args": {"properties": {"x": {"default": 1}}}},
                 {"id": "plain"}]""");
        var known = new Example("needs", Json.object().put("x", 7));
        assertThat(TrialTask.of(tasks, known)).hasValue(new TrialTask("needs", known.args(), false));
        assertThat(TrialTask.of(tasks, null)).hasValue(new TrialTask("may", Json.object(), false));
        assertThat(TrialTask.of(tasks, new Example("gone", Json.object()))).as("an older version had it").hasValue(new TrialTask("may", Json.object(), false));
        assertThat(TrialTask.of(Json.MAPPER.readTree("[]"), known)).isEmpty();
    }

    @Test
    void whereAllNeedSomethingItIsMadeUpFromTheSchema() {
        var tasks = Json.MAPPER.readTree("""
                [{"id": "needs", "args": {"required": ["word", "times", "mode", "deep", "list", "maybe", "of"], "properties": {
                    "word": {"type": "string"}, "times": {"type": "integer", "minimum": 3}, "mode": {"enum": ["fast", "slow"]},
                    "deep": {"type": "boolean"}, "list": {"type": "array"}, "maybe": {"anyOf": [{"type": "number"}, {"type": "null"}]},
                    "of": {"type": "string", "examples": ["e"]}, "not": {"type": "string"}}}}]""");
        assertThat(TrialTask.of(tasks, null)).hasValue(new TrialTask("needs", Json.MAPPER.readTree("""
                {"word": "a", "times": 3, "mode": "fast", "deep": false, "list": [], "maybe": 1, "of": "e"}"""), true));
    }

    @Test
    void whatComesToTheSameMayBeForked() {
        assertThat(ForkCheck.verdict(KNOWN, new ForkCheck.Tried("a 1", false), new ForkCheck.Tried("a 1", false))).isEqualTo(ForkCheck.Verdict.SAME);
        assertThat(ForkCheck.verdict(KNOWN, new ForkCheck.Tried("no", true), new ForkCheck.Tried("no", true))).as("its own failure")
                .isEqualTo(ForkCheck.Verdict.SAME);
    }

    @Test
    void thatMadeUpArgumentsDoNotDoSaysNothingAndItsAuthorIsTold() {
        var failed = new ForkCheck.Tried("no such file: a", true);
        var verdict = ForkCheck.verdict(new TrialTask("t", Json.object(), true), failed, failed);
        assertThat(verdict.forked()).isTrue();
        assertThat(verdict.reason()).startsWith("no task was tried, since all need arguments, and made-up ones do not do for 't' (no such file: a)");
    }

    @Test
    void whatComesToSomethingElseMayNotAndItsAuthorIsToldWhat() {
        assertThat(ForkCheck.verdict(KNOWN, new ForkCheck.Tried("1", false), new ForkCheck.Tried("0", false)))
                .isEqualTo(ForkCheck.Verdict.afresh("task 't', with the same answer, came to something else as a fork: 0 and not 1"));
        assertThat(ForkCheck.verdict(KNOWN, new ForkCheck.Tried("x".repeat(10_000), false), new ForkCheck.Tried("y", false)).reason().length())
                .isLessThan(500);
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
