// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Rows of what was said: to imitate, or to prefer. */
final class ChatRows {

    private ChatRows() {}

    /** Two of a group, of which the one was worth more. */
    record Pair(Member chosen, Member rejected) {}

    static ObjectNode sft(Member member, List<JsonNode> said) throws LeftOutException {
        var row = JsonNodeFactory.instance.objectNode();
        row.putArray("messages").addAll(Chat.messages(said));
        row.put("reward", member.run().reward()).set("assay", member.origin());
        return row;
    }

    /** The best with the worst, the second with the last but one, as long as their rewards differ: none is in two pairs. */
    static List<Pair> pairs(List<Member> group) {
        var ranked = group.stream()
                .filter(member -> member.run().isLearntFrom())
                .sorted(Comparator.comparingDouble((Member member) -> Objects.requireNonNull(member.run().reward())).reversed())
                .toList();
        var pairs = new ArrayList<Pair>();
        for (int i = 0; i < ranked.size() / 2; i++) {
            var pair = new Pair(ranked.get(i), ranked.get(ranked.size() - 1 - i));
            if (!Objects.equals(pair.chosen().run().reward(), pair.rejected().run().reward())) {
                pairs.add(pair);
            }
        }
        return pairs;
    }

    static ObjectNode dpo(Pair pair, List<JsonNode> chosen, List<JsonNode> rejected) throws LeftOutException {
        var better = Chat.messages(chosen);
        var worse = Chat.messages(rejected);
        var prompt = prompt(better);
        if (!prompt.equals(prompt(worse))) {
            throw new LeftOutException("its prompt is not that of the run with which it would be paired");
        }
        var row = JsonNodeFactory.instance.objectNode();
        row.putArray("prompt").addAll(prompt);
        row.putArray("chosen").addAll(better.subList(prompt.size(), better.size()));
        row.putArray("rejected").addAll(worse.subList(prompt.size(), worse.size()));
        var origin = row.putObject("assay");
        origin.set("chosen", pair.chosen().origin());
        origin.set("rejected", pair.rejected().origin());
        return row;
    }

    /** All before the agent's first word. */
    private static List<ObjectNode> prompt(List<ObjectNode> messages) {
        return messages.stream().takeWhile(message -> !message.path("role").asString("").equals("assistant")).toList();
    }
}
