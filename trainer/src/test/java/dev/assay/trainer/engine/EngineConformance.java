// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.Chunk;
import dev.assay.contracts.training.Datum;
import dev.assay.trainer.engine.Conversation.Message;
import dev.assay.trainer.engine.Conversation.Role;
import dev.assay.trainer.engine.Engine.Start;
import dev.assay.trainer.engine.Sampler.Sampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine has to hold. One is put under it by a class that names it. Datums are what it samples itself. */
public abstract class EngineConformance {

    @TempDir
    Path folder;

    protected abstract Engine engine();

    protected abstract String base();

    /** By which steps are made: so large that they are seen, so small that they go the right way. */
    protected abstract double learningRate();

    /** How far the log-probability that was sampled with may be from what a forward says of the same weights. */
    protected abstract double exactness();

    /** At which it can sample and say what it sampled from. */
    protected double temperature() {
        return 1.3;
    }

    /** Whether it is told how large a gradient was. */
    protected boolean tellsNorms() {
        return true;
    }

    private static Conversation asking(String question) {
        return new Conversation(List.of(new Message(Role.USER, question, List.of())), List.of(), null);
    }

    protected final Call.Rate rate() {
        return new Call.Rate(learningRate(), 0.9, 0.95, 1e-8, 0.01);
    }

    private Session fresh() throws IOException {
        return engine().begin(new Start(base(), null, null));
    }

    /** An answer to a question, as a datum: all of the prompt is read, all of the answer was sampled. */
    private static Datum sampled(Sampler sampler, String question, long seed) {
        var prompt = sampler.prompt(asking(question));
        var answer = sampler.sample(prompt, new Sampling(8, 1, seed, List.of(), 0));
        var whole = IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer.tokens())).toArray();
        var mask = new float[whole.length - 1];
        var logprobs = new float[whole.length - 1];
        for (int i = 0; i < answer.tokens().length; i++) {
            mask[prompt.length - 1 + i] = 1;
            logprobs[prompt.length - 1 + i] = (float) answer.logprobs()[i];
        }
        return datum(whole, mask, logprobs);
    }

    private static Datum datum(int[] whole, float[] mask, float[] logprobs) {
        return new Datum(
                0, List.of(new Chunk.Text(Arrays.copyOf(whole, whole.length - 1))), Arrays.copyOfRange(whole, 1, whole.length), mask,
                logprobs);
    }

    protected final List<Datum> some() throws IOException {
        var sampler = engine().sampler(base(), null);
        return List.of(sampled(sampler, "What is 2 + 2?", 1), sampled(sampler, "What is 2 + 3?", 2), sampled(sampler, "And 7?", 3));
    }

    private static Session.Datums of(List<Datum> datums) {
        var left = datums.iterator();
        return () -> left.hasNext() ? left.next() : null;
    }

    protected static List<double[]> logprobs(Session session, List<Datum> datums) throws IOException {
        List<double[]> heard = new ArrayList<>();
        session.forward(of(datums), (datum, reading) -> heard.add(reading.logprobs().clone()));
        return heard;
    }

    protected static void learn(Session session, List<Datum> datums) throws IOException {
        session.accumulate(of(datums), (datum, reading) -> {
            var weights = new double[datum.length()];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = datum.mask()[i] * (i % 2 == 0 ? 1.5 : 0.25);
            }
            return weights;
        });
    }

    protected record Saved(Path weights, Path state) {}

    private Saved save(Session session, String name) throws IOException {
        var saved = new Saved(folder.resolve(name + "-weights"), folder.resolve(name + "-state"));
        session.save(saved.weights(), saved.state());
        return saved;
    }

    /** What was saved is the same, whatever its name is. */
    protected void assertSame(Saved one, Saved other) throws IOException {
        assertThat(one.weights()).hasSameBinaryContentAs(other.weights());
        assertThat(one.state()).hasSameBinaryContentAs(other.state());
    }

    private static void assertClose(List<double[]> one, List<double[]> other, double apart) {
        for (int i = 0; i < one.size(); i++) {
            assertThat(one.get(i)).containsExactly(other.get(i), within(apart));
        }
    }

    @Test
    void whatItSamplesWithIsWhatAForwardSays() throws IOException {
        var sampler = engine().sampler(base(), null);
        try (var session = fresh()) {
            for (long seed = 0; seed < 20; seed++) {
                var prompt = sampler.prompt(asking("What is 5 + " + seed + "?"));
                var answer = sampler.sample(prompt, new Sampling(8, 1, seed, List.of(), 0));
                var whole = IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer.tokens())).toArray();
                var said = logprobs(session, List.of(datum(whole, new float[whole.length - 1], new float[whole.length - 1]))).getFirst();
                assertThat(Arrays.copyOfRange(said, prompt.length - 1, said.length))
                        .containsExactly(answer.logprobs(), within(exactness()));
                assertThat(Arrays.stream(said)).allMatch(Double::isFinite);
            }
        }
    }

    @Test
    void aForwardChangesNothing() throws IOException {
        var datums = some();
        try (var one = fresh(); var other = fresh()) {
            learn(one, datums);
            learn(other, datums);
            logprobs(one, datums);
            one.step(rate());
            other.step(rate());
            assertSame(save(one, "one"), save(other, "other"));
        }
    }

    @Test
    void theSameInTheSameOrderIsTheSameToTheLastBit() throws IOException {
        var datums = some();
        List<Saved> saved = new ArrayList<>();
        for (int time = 0; time < 2; time++) {
            try (var session = fresh()) {
                learn(session, datums.subList(0, 1));
                learn(session, datums.subList(1, 3));
                session.step(rate());
                saved.add(save(session, "time" + time));
            }
        }
        assertSame(saved.get(0), saved.get(1));
    }

    @Test
    void twoHalvesAreAsMuchAsTheWhole() throws IOException {
        var datums = some();
        try (var halves = fresh(); var whole = fresh()) {
            learn(halves, datums.subList(0, 2));
            learn(halves, datums.subList(2, 3));
            learn(whole, datums);
            double norm = halves.step(rate());
            assertThat(norm).isCloseTo(whole.step(rate()), within(1e-6));
            assertThat(Double.isFinite(norm)).isEqualTo(tellsNorms());
            assertClose(logprobs(halves, datums), logprobs(whole, datums), 1e-6);
        }
    }

    @Test
    void itGoesOnFromAStateAsIfNothingHadBeen() throws IOException {
        var datums = some();
        try (var through = fresh(); var before = fresh()) {
            learn(through, datums);
            through.step(rate());
            learn(before, datums);
            before.step(rate());
            var saved = save(before, "between");
            try (var after = engine().begin(new Start(base(), null, saved.state()))) {
                learn(through, datums);
                learn(after, datums);
                through.step(rate());
                after.step(rate());
                assertSame(save(through, "through"), save(after, "after"));
            }
        }
    }

    @Test
    void aStepIsWhatIsSampledFromThen() throws IOException {
        var datums = some();
        try (var session = fresh()) {
            learn(session, datums);
            session.step(rate());
            var sampler = engine().sampler(base(), save(session, "stepped").weights());
            var prompt = sampler.prompt(asking("What is 2 + 2?"));
            var answer = sampler.sample(prompt, new Sampling(8, 1, 5L, List.of(), 0));
            var whole = IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer.tokens())).toArray();
            var said = logprobs(session, List.of(datum(whole, new float[whole.length - 1], new float[whole.length - 1]))).getFirst();
            assertThat(Arrays.copyOfRange(said, prompt.length - 1, said.length)).containsExactly(answer.logprobs(), within(exactness()));
        }
    }

    @Test
    void aForkBeginsWithTheWeightsAlone() throws IOException {
        var datums = some();
        try (var session = fresh()) {
            learn(session, datums);
            session.step(rate());
            try (var fork = engine().begin(new Start(base(), save(session, "source").weights(), null))) {
                assertClose(logprobs(fork, datums), logprobs(session, datums), exactness());
            }
        }
    }

    @Test
    void whatCountsMoreBecomesLikelier() throws IOException {
        var datums = some();
        try (var session = fresh()) {
            double before = sum(logprobs(session, datums), datums);
            learn(session, datums);
            double norm = session.step(rate());
            assertThat(norm > 0 || !tellsNorms()).as("%s", norm).isTrue();
            assertThat(sum(logprobs(session, datums), datums)).isGreaterThan(before);
        }
    }

    private static double sum(List<double[]> logprobs, List<Datum> datums) {
        double sum = 0;
        for (int i = 0; i < datums.size(); i++) {
            for (int position = 0; position < datums.get(i).length(); position++) {
                sum += datums.get(i).mask()[position] * logprobs.get(i)[position];
            }
        }
        return sum;
    }

    @Test
    void aTokenThatThereIsNotIsRefusedByItsId() throws IOException {
        for (int id : new int[] {-1, Integer.MAX_VALUE}) {
            var whole = new int[] {1, id, 2};
            try (var session = fresh()) {
                var refused = catchThrowableOfType(
                        RefusedException.class, () -> logprobs(session, List.of(datum(whole, new float[2], new float[2]))));
                assertThat(refused.status()).isEqualTo(422);
                assertThat(refused.detail()).contains("inputs[0]", String.valueOf(id), "position");
            }
        }
    }

    @Test
    void aFileThatWasCutIsRefusedByItsName() throws IOException {
        try (var session = fresh()) {
            var saved = save(session, "whole");
            for (var file : List.of(saved.weights(), saved.state())) {
                var bytes = Files.readAllBytes(file);
                for (int length : new int[] {0, 5, bytes.length / 2, bytes.length - 1}) {
                    var cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, length));
                    assertThatThrownBy(() -> begin(file.equals(saved.weights()) ? cut : null, file.equals(saved.state()) ? cut : null))
                            .isInstanceOf(IOException.class).hasMessageContaining("cut");
                }
            }
        }
    }

    private void begin(@Nullable Path weights, @Nullable Path state) throws IOException {
        engine().begin(new Start(base(), weights, state)).close();
    }

    @Test
    void theSameSeedGivesTheSame() throws IOException {
        var sampler = engine().sampler(base(), null);
        var prompt = sampler.prompt(asking("Any digit?"));
        var how = new Sampling(4, temperature(), 77L, List.of(), 0);
        assertThat(sampler.sample(prompt, how).tokens()).isEqualTo(sampler.sample(prompt, how).tokens());
        var greedy = sampler.sample(prompt, new Sampling(4, 0, null, List.of(), 0));
        assertThat(sampler.sample(prompt, new Sampling(4, 0, null, List.of(), 0)).tokens()).isEqualTo(greedy.tokens());
        assertThat(greedy.logprobs()).containsOnly(0);
    }

    @Test
    void aConversationGoesOnFromTheVeryIdsThatItSaid() throws IOException {
        var sampler = engine().sampler(base(), null);
        for (int most : new int[] {8, 1}) { // ended, and broken off
            var asked = asking("What is 2 + 2?");
            var prompt = sampler.prompt(asked);
            var answer = sampler.sample(prompt, new Sampling(most, 1, 4L, List.of(), 0));
            var known = IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer.tokens())).toArray();
            var messages = List.of(
                    asked.messages().getFirst(), new Message(Role.ASSISTANT, sampler.reply(answer, asked).text(), List.of()),
                    new Message(Role.USER, "And 3 more?", List.of()));
            var next = sampler.prompt(new Conversation(messages, List.of(), new Conversation.Before(known, 2)));
            assertThat(next).startsWith(known).hasSizeGreaterThan(known.length);
            assertThat(next).isEqualTo(sampler.prompt(new Conversation(messages, List.of(), null)));
        }
    }

    @Test
    void idsThatSaySomethingElseAreNotGoneOnFrom() throws IOException {
        var sampler = engine().sampler(base(), null);
        var messages = List.of(
                new Message(Role.USER, "What is 2 + 2?", List.of()), new Message(Role.ASSISTANT, "4", List.of()),
                new Message(Role.USER, "And 3 more?", List.of()));
        var plain = sampler.prompt(new Conversation(messages, List.of(), null));
        var forged = plain.clone();
        forged[3]++;
        for (var ids : List.of(Arrays.copyOf(forged, 20), new int[] {-5, 99_999_999})) {
            assertThat(sampler.prompt(new Conversation(messages, List.of(), new Conversation.Before(ids, 2)))).isEqualTo(plain);
        }
    }
}
