// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.trainer.engine.Conversation;
import dev.assay.trainer.engine.Conversation.Before;
import dev.assay.trainer.engine.Conversation.Message;
import dev.assay.trainer.engine.Conversation.Role;
import dev.assay.trainer.engine.Conversation.Tool;
import dev.assay.trainer.engine.Conversation.ToolCall;
import dev.assay.trainer.engine.Sampler.Sampled;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RenderingTests {

    private static final List<Tool> MOVES = List.of(
            tool("move", "{'properties': {'fast': {'type': 'boolean', 'default': false}, 'direction': {'enum': ['up', 'down']}},"
                    + " 'required': ['direction', 'fast']}"),
            tool("write", "{'properties': {'text': {'type': 'string'}}, 'required': ['text']}"),
            tool("stop", "{'type': 'object'}"));

    private static Tool tool(String name, String parameters) {
        return new Tool(name, "", JsonMapper.shared().readTree(parameters.replace('\'', '"')));
    }

    private static Message user(String text) {
        return new Message(Role.USER, text, List.of());
    }

    private static Message answer(String text, ToolCall... calls) {
        return new Message(Role.ASSISTANT, text, List.of(calls));
    }

    private static int[] rendered(List<Message> messages, List<Tool> tools) {
        return Rendering.of(new Conversation(messages, tools, null));
    }

    @Test
    void eachMessageIsAMarkItsTextAndItsEnd() {
        var messages = List.of(new Message(Role.SYSTEM, "s", List.of()), user("é"), answer("7"), new Message(Role.TOOL, "", List.of()));
        assertThat(rendered(messages, List.of())).containsExactly(
                Vocabulary.SYSTEM, 's', Vocabulary.END, Vocabulary.USER, 0xC3, 0xA9, Vocabulary.END, Vocabulary.ASSISTANT, '7',
                Vocabulary.END, Vocabulary.TOOL, Vocabulary.END, Vocabulary.ASSISTANT);
    }

    @Test
    void aChoiceIsACallOfAToolWithEachValueThatItsParameterMayHave() {
        assertThat(Choices.among(MOVES).calls()).containsExactly(
                new ToolCall("move", "{\"fast\":false,\"direction\":\"up\"}"),
                new ToolCall("move", "{\"fast\":false,\"direction\":\"down\"}"),
                new ToolCall("stop", "{}"));
    }

    @Test
    void noMoreThanSixteenCanBeChosen() {
        var numbers = IntStream.range(0, 40).mapToObj(String::valueOf).toList();
        var guess = tool("guess", "{'properties': {'number': {'enum': " + numbers + "}}}");
        assertThat(Choices.among(List.of(guess, MOVES.getLast())).calls()).hasSize(16);
    }

    @Test
    void aCallThatCanBeChosenIsOneTokenAndAnyOtherIsText() {
        var down = new ToolCall("move", "{\"direction\": \"down\", \"fast\": false}");
        var called = List.of(user("go"), answer("", down, new ToolCall("eat", "{}")));
        assertThat(rendered(called, MOVES)).containsExactly(
                Vocabulary.USER, 'g', 'o', Vocabulary.END, Vocabulary.ACTING + 3, Vocabulary.CALL + 1, 'e', 'a', 't', '(', '{', '}', ')',
                Vocabulary.END, Vocabulary.ACTING + 3);
    }

    @Test
    void aSampledCallIsSaidAsTheCallThatItChooses() {
        var conversation = new Conversation(List.of(user("go")), MOVES, null);
        var tokens = new int[] {'o', 'k', Vocabulary.CALL + 2, Vocabulary.CALL + 3, Vocabulary.END};
        var sampled = new Sampled(tokens, new double[5], List.of(), true, null);
        var reply = new ToySampler(Policy.base()).reply(sampled, conversation);
        assertThat(reply.text()).isEqualTo("ok");
        assertThat(reply.calls()).containsExactly(new ToolCall("stop", "{}"));
    }

    @Test
    void whatWasNoTextIsGoneOnFromAsItWasSampled() {
        var sampler = new ToySampler(Policy.base());
        var asked = new Conversation(List.of(user("go")), List.of(), null);
        var known = IntStream.concat(IntStream.of(sampler.prompt(asked)), IntStream.of(0xFF, '1')).toArray();
        var reply = sampler.reply(new Sampled(new int[] {0xFF, '1'}, new double[2], List.of(), false, null), asked);
        var messages = List.of(user("go"), answer(reply.text()), user("on"));
        var next = Rendering.of(new Conversation(messages, List.of(), new Before(known, 2)));
        assertThat(next).startsWith(known);
        assertThat(next[known.length]).isEqualTo(Vocabulary.END);
        assertThat(rendered(messages, List.of())).doesNotContain(0xFF);
    }
}
