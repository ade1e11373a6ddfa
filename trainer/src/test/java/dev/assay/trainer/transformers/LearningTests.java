// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.Chunk;
import dev.assay.contracts.training.Datum;
import dev.assay.trainer.engine.Conversation;
import dev.assay.trainer.engine.Conversation.Message;
import dev.assay.trainer.engine.Conversation.Role;
import dev.assay.trainer.engine.Engine.Start;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Sampler;
import dev.assay.trainer.engine.Sampler.Sampled;
import dev.assay.trainer.engine.Sampler.Sampling;
import dev.assay.trainer.engine.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real weights that learn, and processes that end. */
class LearningTests {

    private static final Call.Rate RATE = new Call.Rate(0.01, 0.9, 0.95, 1e-8, 0);
    private static final Conversation ASKED = new Conversation(List.of(new Message(Role.USER, "Say a digit.", List.of())), List.of(), null);
    private static final int GROUP = 16;

    @TempDir
    static Path data;

    private static Transformers engine;

    @BeforeAll
    static void start() throws Exception {
        engine = TinyModel.engine();
    }

    private static Session fresh() throws IOException {
        return engine.begin(new Start(TinyModel.NAME, null, null));
    }

    private static Datum datum(int[] prompt, Sampled answer) {
        var whole = IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer.tokens())).toArray();
        var mask = new float[whole.length - 1];
        var sampled = new float[whole.length - 1];
        for (int i = 0; i < answer.tokens().length; i++) {
            mask[prompt.length - 1 + i] = 1;
            sampled[prompt.length - 1 + i] = (float) answer.logprobs()[i];
        }
        return new Datum(
                0, List.of(new Chunk.Text(Arrays.copyOf(whole, whole.length - 1))), Arrays.copyOfRange(whole, 1, whole.length), mask,
                sampled);
    }

    private static Session.Datums of(List<Datum> datums) {
        var left = datums.iterator();
        return () -> left.hasNext() ? left.next() : null;
    }

    /** By importance sampling, as a batch of one group. */
    private static void learn(Session session, List<Datum> datums, double[] rewards) throws IOException {
        double mean = Arrays.stream(rewards).average().orElseThrow();
        var place = new int[1];
        session.accumulate(of(datums), (datum, reading) -> {
            double advantage = rewards[place[0]++] - mean;
            var weights = new double[datum.length()];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = datum.mask()[i] * advantage * Math.exp(reading.logprobs()[i] - datum.sampled()[i]);
            }
            return weights;
        });
        session.step(RATE);
    }

    private record Batch(List<Datum> datums, double[] rewards) {

        /** The part of the answers that are digits. */
        static Batch of(Sampler sampler, int round) {
            var prompt = sampler.prompt(ASKED);
            List<Datum> datums = new ArrayList<>();
            var rewards = new double[GROUP];
            for (int i = 0; i < GROUP; i++) {
                var answer = sampler.sample(prompt, new Sampling(4, 1, (long) GROUP * round + i, List.of(), 0));
                datums.add(datum(prompt, answer));
                rewards[i] = sampler.reply(answer, ASKED).text().chars().filter(Character::isDigit).count() / 4.0;
            }
            return new Batch(datums, rewards);
        }

        double mean() {
            return Arrays.stream(rewards).average().orElseThrow();
        }
    }

    @Test
    void whatIsRewardedIsSaidMoreOftenAndFreshSamplesAreOfTheWeightsThatLearnt() throws Exception {
        try (var session = fresh()) {
            Batch batch = Batch.of(engine.sampler(TinyModel.NAME, null), 0);
            assertThat(batch.mean()).isLessThan(0.4);
            for (int round = 1; round <= 10; round++) {
                learn(session, batch.datums(), batch.rewards());
                var weights = data.resolve("weights-" + round);
                session.save(weights, data.resolve("state"));
                try (var sampler = engine.sampler(TinyModel.NAME, weights)) {
                    batch = Batch.of(sampler, round);
                }
            }
            assertThat(batch.mean()).isGreaterThan(0.8);
            List<Double> apart = new ArrayList<>();
            session.forward(of(batch.datums()), (datum, reading) -> IntStream.range(0, datum.length())
                    .filter(position -> datum.mask()[position] > 0)
                    .forEach(position -> apart.add(Math.abs(datum.sampled()[position] - reading.logprobs()[position]))));
            assertThat(apart.stream().mapToDouble(Double::doubleValue).average()).hasValueCloseTo(0.0, within(1e-3));
        }
    }

    @Test
    void aProcessThatWasKilledTakesItsSessionsAlongAndIsReplaced() throws Exception {
        try (var session = fresh(); var sampler = engine.sampler(TinyModel.NAME, null)) {
            var prompt = sampler.prompt(ASKED);
            var how = new Sampling(4, 1, 1L, List.of(), 0);
            var before = sampler.sample(prompt, how);
            var killed = engine.process(TinyModel.NAME);
            killed.destroyForcibly().waitFor();
            assertThatThrownBy(() -> session.step(RATE)).isInstanceOf(IOException.class).hasMessageContaining("was killed");
            assertThatThrownBy(() -> sampler.sample(prompt, how)).isInstanceOf(UncheckedIOException.class);
            assertThat(engine.sampler(TinyModel.NAME, null).sample(prompt, how).tokens()).isEqualTo(before.tokens());
        }
    }

    @Test
    void aProcessThatHangsIsEnded() throws Exception {
        var settings = TinyModel.settings();
        var sleeps = Files.writeString(data.resolve("sleeps"), "#!/bin/sh\ncase $2 in -c) exit 0;; esac\nexec sleep 600\n");
        assertThat(sleeps.toFile().setExecutable(true)).isTrue();
        var hangs = new Transformers(
                new TransformersSettings(sleeps.toString(), settings.models(), 8, 16, "all-linear", Duration.ofMillis(200)), data);
        assertThatThrownBy(() -> hangs.begin(new Start(TinyModel.NAME, null, null)))
                .isInstanceOf(IOException.class).hasMessageContaining("did not answer within");
        hangs.close();
    }

    @Test
    void anAnswerEndsWhereAStopTextStands() throws Exception {
        try (var sampler = engine.sampler(TinyModel.NAME, null)) {
            var prompt = sampler.prompt(ASKED);
            long seed = 0;
            var whole = sampler.sample(prompt, new Sampling(12, 1, seed, List.of(), 3));
            while (whole.ended()) {
                whole = sampler.sample(prompt, new Sampling(12, 1, ++seed, List.of(), 3));
            }
            assertThat(whole.alternatives()).hasSize(whole.tokens().length).allMatch(place -> place.size() == 3);
            var text = sampler.reply(whole, ASKED).text();
            var stop = text.substring(4, 6);
            var stopped = sampler.sample(prompt, new Sampling(12, 1, seed, List.of(stop), 0));
            assertThat(stopped.stop()).isEqualTo(stop);
            assertThat(sampler.reply(stopped, ASKED).text()).isEqualTo(text.substring(0, text.indexOf(stop)));
        }
    }

    @Test
    void whatWasSavedOfOtherMatricesIsRefused() throws Exception {
        try (var session = fresh()) {
            var state = data.resolve("of-another");
            session.save(data.resolve("weights"), state);
            var bytes = new String(Files.readAllBytes(state), StandardCharsets.ISO_8859_1);
            Files.writeString(state, bytes.replace("rank\\\": 8", "rank\\\": 4"), StandardCharsets.ISO_8859_1);
            assertThatThrownBy(() -> engine.begin(new Start(TinyModel.NAME, null, state)))
                    .isInstanceOf(IOException.class).hasMessageContaining("of-another").hasMessageContaining("'rank': 4");
        }
    }

    @Test
    void withoutModelsOrWithoutTorchItSaysWhy() throws Exception {
        var settings = TinyModel.settings();
        assertThat(unfit("python3", Map.of())).contains("assay.trainer.transformers.models");
        assertThat(unfit("/nowhere/python", settings.models())).contains("/nowhere/python");
        assertThat(unfit("python3", Map.of("gone", Path.of("/nowhere")))).contains("models.gone", "/nowhere");
    }

    private static String unfit(String python, Map<String, Path> models) throws IOException {
        var engine = new Transformers(new TransformersSettings(python, models, 8, 16, "all-linear", Duration.ofMinutes(1)), data);
        assertThatThrownBy(() -> engine.sampler(TinyModel.NAME, null)).isInstanceOf(RefusedException.class);
        engine.close();
        return String.valueOf(engine.unfitBecause());
    }
}
