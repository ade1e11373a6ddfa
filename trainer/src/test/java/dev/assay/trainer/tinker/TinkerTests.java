// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.assay.contracts.training.Datum;
import dev.assay.trainer.engine.Conversation;
import dev.assay.trainer.engine.Conversation.Message;
import dev.assay.trainer.engine.Conversation.Role;
import dev.assay.trainer.engine.Engine;
import dev.assay.trainer.engine.Engine.Start;
import dev.assay.trainer.engine.EngineConformance;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Sampler.Sampling;
import dev.assay.trainer.engine.Session;
import dev.assay.trainer.engine.Tokenizers;
import dev.assay.trainer.toy.Toy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Over the wire of the published package, with the toy's arithmetic and the toy's tokens at its other end. */
class TinkerTests extends EngineConformance {

    private static final String NAME = "mine";
    private static final int TOKENS_OF_THE_TOY = 293;

    private static TinkerStandIn service;
    private static Tinker tinker;

    @BeforeAll
    static void start() throws IOException {
        service = new TinkerStandIn();
        tinker = tinker(TinkerStandIn.KEY, TinkerStandIn.BASE, Duration.ofMinutes(1));
    }

    @AfterAll
    static void end() {
        tinker.close();
        service.close();
    }

    private static Tinker tinker(String key, String base, Duration patience) throws IOException {
        var models = Map.of(NAME, new TinkerSettings.Model(base, Path.of(".")));
        return new Tinker(new TinkerSettings(service.url(), key, models, 32, patience), new ToyTokens(-1));
    }

    private record ToyTokens(int end) implements Tokenizers {

        @Override
        public @Nullable String unfitBecause() {
            return null;
        }

        @Override
        public Tokenizer of(Path folder) throws IOException {
            return new Tokenizer(new Toy().sampler(Toy.BASE, null), TOKENS_OF_THE_TOY, end);
        }

        @Override
        public void close() {}
    }

    @Override
    protected Engine engine() {
        return tinker;
    }

    @Override
    protected String base() {
        return NAME;
    }

    @Override
    protected double learningRate() {
        return 0.1;
    }

    /** Numbers on the wire have 32 bits. */
    @Override
    protected double exactness() {
        return 1e-5;
    }

    @Override
    protected double temperature() {
        return 1;
    }

    @Override
    protected boolean tellsNorms() {
        return false;
    }

    /** What is saved here are names of what the service has. That is the same if it says the same, and learns the same from there. */
    @Override
    protected void assertSame(Saved one, Saved other) throws IOException {
        var datums = some();
        List<List<double[]>> said = new ArrayList<>();
        for (var saved : List.of(one, other)) {
            try (var session = tinker.begin(new Start(NAME, null, saved.state()));
                    var fork = tinker.begin(new Start(NAME, saved.weights(), null))) {
                var heard = new ArrayList<>(logprobs(session, datums));
                heard.addAll(logprobs(fork, datums));
                learn(session, datums);
                session.step(rate());
                heard.addAll(logprobs(session, datums));
                said.add(heard);
            }
        }
        for (int i = 0; i < said.getFirst().size(); i++) {
            assertThat(said.getFirst().get(i)).isEqualTo(said.getLast().get(i));
        }
    }

    @Test
    void whatWasLostOnTheWayIsSentAgainAndDoneOnce() throws IOException {
        var datums = some();
        try (var steady = tinker.begin(new Start(NAME, null, null)); var shaken = tinker.begin(new Start(NAME, null, null))) {
            learn(steady, datums);
            steady.step(rate());
            service.failing.putAll(Map.of("forward_backward", 503, "retrieve_future", 502));
            learn(shaken, datums);
            service.failing.putAll(Map.of("optim_step", 500, "retrieve_future", 408));
            shaken.step(rate());
            for (int i = 0; i < datums.size(); i++) {
                assertThat(logprobs(shaken, datums).get(i)).isEqualTo(logprobs(steady, datums).get(i));
            }
        }
    }

    @Test
    void aBatchIsSentInAsFewRequestsAsItFitsIn() throws IOException {
        var few = some();
        List<Datum> many = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            many.addAll(few);
        }
        var before = service.asked.get("forward_backward").get();
        try (var session = tinker.begin(new Start(NAME, null, null))) {
            learn(session, many);
        }
        assertThat(service.asked.get("forward_backward").get() - before).as("1200 datums, forward and backward").isEqualTo(4);
    }

    @Test
    void aKeyThatIsRefusedIsSaidAndNotTold() throws IOException {
        var stranger = tinker("tml-nobodys", TinkerStandIn.BASE, Duration.ofMinutes(1));
        assertThatThrownBy(() -> stranger.sampler(NAME, null)).isInstanceOf(IOException.class)
                .hasMessageContaining("assay.trainer.tinker.key").hasMessageNotContaining("tml-nobodys");
        assertThat(new TinkerSettings("http://x", "tml-nobodys", Map.of(), 32, Duration.ZERO).toString()).doesNotContain("tml-nobodys");
        stranger.close();
    }

    @Test
    void whatTheServiceDoesNotHaveIsRefusedByItsName() throws IOException {
        var other = tinker(TinkerStandIn.KEY, "nobodys/model", Duration.ofMinutes(1));
        assertThat(catchThrowableOfType(RefusedException.class, () -> other.begin(new Start(NAME, null, null))).detail())
                .contains("nobodys/model");
        assertThat(catchThrowableOfType(RefusedException.class, () -> tinker.begin(new Start("else", null, null))).detail())
                .contains("'else'", NAME);
        other.close();
    }

    @Test
    void aTemperatureOfWhichNobodySaysWhatWasSampledFromIsRefused() throws IOException {
        try (var sampler = tinker.sampler(NAME, null)) {
            var how = new Sampling(4, 0.7, null, List.of(), 0);
            var refused = catchThrowableOfType(RefusedException.class, () -> sampler.sample(new int[] {1}, how));
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.member()).isEqualTo("temperature");
            assertThat(refused.detail()).contains("1 or 0");
        }
    }

    @Test
    void whatElseWasLikelyAndWhichTextEndedAnAnswerIsTold() throws IOException {
        try (var sampler = tinker.sampler(NAME, null); var toy = new Toy().sampler(Toy.BASE, null)) {
            var prompt = toy.prompt(new Conversation(List.of(new Message(Role.USER, "7?", List.of())), List.of(), null));
            var how = new Sampling(8, 1, 3L, List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), 5);
            var here = toy.sample(prompt, how);
            var there = sampler.sample(prompt, how);
            assertThat(there.tokens()).isEqualTo(here.tokens());
            assertThat(there.stop()).isEqualTo(here.stop()).isNotNull();
            assertThat(there.alternatives()).hasSize(there.tokens().length).allSatisfy(place -> assertThat(place).hasSize(5));
        }
    }

    @Test
    void whatStandsBehindTheModelsOwnEndIsNoAnswer() throws IOException {
        var models = Map.of(NAME, new TinkerSettings.Model(TinkerStandIn.BASE, Path.of(".")));
        var settings = new TinkerSettings(service.url(), TinkerStandIn.KEY, models, 32, Duration.ofMinutes(1));
        try (var sampler = tinker.sampler(NAME, null)) {
            var prompt = sampler.prompt(new Conversation(List.of(new Message(Role.USER, "7?", List.of())), List.of(), null));
            var how = new Sampling(8, 1, 3L, List.of(), 2);
            var whole = sampler.sample(prompt, how);
            assertThat(whole.tokens()).hasSizeGreaterThan(1);
            var ending = new Tinker(settings, new ToyTokens(whole.tokens()[0]));
            var cut = ending.sampler(NAME, null).sample(prompt, how);
            assertThat(cut.tokens()).containsExactly(whole.tokens()[0]);
            assertThat(cut.logprobs()).containsExactly(whole.logprobs()[0]);
            assertThat(cut.alternatives()).hasSize(1);
            assertThat(cut.ended()).isTrue();
            ending.close();
        }
    }

    @Test
    void aServiceThatDoesNotComeBackIsNotWaitedForForEver() throws IOException {
        var gone = new TinkerStandIn();
        var models = Map.of(NAME, new TinkerSettings.Model(TinkerStandIn.BASE, Path.of(".")));
        var enoughToBegin = Duration.ofSeconds(3);
        var settings = new TinkerSettings(gone.url(), TinkerStandIn.KEY, models, 32, enoughToBegin);
        var waiting = new Tinker(settings, new ToyTokens(-1));
        Session session = waiting.begin(new Start(NAME, null, null));
        gone.close();
        assertThatThrownBy(() -> session.step(rate())).isInstanceOf(IOException.class).hasMessageContaining("service that has this model");
        waiting.close();
    }
}
