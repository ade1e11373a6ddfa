// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.Chunk;
import dev.assay.contracts.training.Datum;
import dev.assay.trainer.engine.Conversation;
import dev.assay.trainer.engine.Conversation.Before;
import dev.assay.trainer.engine.Conversation.Message;
import dev.assay.trainer.engine.Conversation.Role;
import dev.assay.trainer.engine.Conversation.Tool;
import dev.assay.trainer.engine.Engine.Start;
import dev.assay.trainer.engine.Sampler;
import dev.assay.trainer.engine.Sampler.Sampling;
import dev.assay.trainer.engine.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A maze of four rooms, of which each has one way on: rewarded is how many rooms were left. One conversation is one datum. */
class ToolLoopTests {

    private static final Tool MOVE = new Tool("move", "", JsonMapper.shared().readTree(
            "{\"properties\": {\"direction\": {\"enum\": [\"up\", \"down\", \"left\", \"right\"]}}, \"required\": [\"direction\"]}"));
    private static final List<String> WAYS = List.of("left", "up", "up", "right");
    private static final int GAMES = 16;

    private final Toy toy = new Toy();

    private record Game(Datum datum, double reward) {}

    private static Game play(Sampler sampler, int trajectory, long seed) {
        List<Message> messages = new ArrayList<>(List.of(new Message(Role.USER, "You are in room 0.", List.of())));
        var prompt = sampler.prompt(new Conversation(messages, List.of(MOVE), null));
        var mask = new float[10_000];
        var logprobs = new float[10_000];
        for (int room = 0; ; room++) {
            var conversation = new Conversation(messages, List.of(MOVE), null);
            var sampled = sampler.sample(prompt, new Sampling(8, 1, seed * 10 + room, List.of(), 0));
            for (int i = 0; i < sampled.tokens().length; i++) {
                mask[prompt.length - 1 + i] = 1;
                logprobs[prompt.length - 1 + i] = (float) sampled.logprobs()[i];
            }
            var known = IntStream.concat(Arrays.stream(prompt), Arrays.stream(sampled.tokens())).toArray();
            var reply = sampler.reply(sampled, conversation);
            var way = "{\"direction\":\"" + WAYS.get(room) + "\"}";
            boolean right = reply.text().isEmpty() && reply.calls().size() == 1 && reply.calls().getFirst().arguments().equals(way);
            if (!right || room == WAYS.size() - 1) {
                var datum = new Datum(
                        trajectory, List.of(new Chunk.Text(Arrays.copyOf(known, known.length - 1))),
                        Arrays.copyOfRange(known, 1, known.length), Arrays.copyOf(mask, known.length - 1),
                        Arrays.copyOf(logprobs, known.length - 1));
                return new Game(datum, (room + (right ? 1.0 : 0)) / WAYS.size());
            }
            messages.add(new Message(Role.ASSISTANT, reply.text(), reply.calls()));
            messages.add(new Message(Role.TOOL, "You are in room " + (room + 1) + ".", List.of()));
            prompt = sampler.prompt(new Conversation(messages, List.of(MOVE), new Before(known, messages.size() - 1)));
            assertThat(prompt).startsWith(known);
        }
    }

    @Test
    void aLoopOfCallsIsLearntInTensOfSteps(@TempDir Path folder) throws IOException {
        var rewards = new ArrayList<Double>();
        try (var session = toy.begin(new Start(Toy.BASE, null, null))) {
            for (int step = 0; step < 40; step++) {
                session.save(folder.resolve("weights"), folder.resolve("state"));
                var sampler = toy.sampler(Toy.BASE, folder.resolve("weights"));
                int round = step;
                var games = IntStream.range(0, GAMES).mapToObj(game -> play(sampler, game, round * GAMES + game)).toList();
                double mean = games.stream().mapToDouble(Game::reward).average().orElseThrow();
                rewards.add(mean);
                learn(session, games, mean);
                session.step(new Call.Rate(0.3, 0.9, 0.95, 1e-8, 0));
            }
        }
        assertThat(rewards.getFirst()).as("%s", rewards).isLessThan(0.3);
        assertThat(rewards.getLast()).as("%s", rewards).isGreaterThan(0.9);
    }

    private static void learn(Session session, List<Game> games, double mean) throws IOException {
        var left = games.stream().map(Game::datum).iterator();
        session.accumulate(() -> left.hasNext() ? left.next() : null, (datum, reading) -> {
            double advantage = games.get(datum.trajectory()).reward() - mean;
            return IntStream.range(0, datum.length()).mapToDouble(position -> datum.mask()[position] * advantage).toArray();
        });
    }
}
