// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ScriptPlayerTests {

    private static final String LETTER_COUNT = """
            model: letter-count
            rules:
              - when: {last: user, matches: "letter '(?<letter>.)' .* '(?<word>[^']+)'"}
                call: {tool: bash, arguments: {command: "printf %s '${word}' | grep -o '${letter}' | wc -l", nested: {list: ["${letter}", 1]}}}
              - when: {last: tool, matches: "\\\\n(?<n>\\\\d+)\\\\n"}
                say: "${n}"
              - say: "I do not know."
            """;

    private static Script script(String yaml) {
        return ScriptReader.read(yaml.getBytes(StandardCharsets.UTF_8));
    }

    /** Role, text, role, text … */
    private static Conversation conversation(String... turns) {
        var messages = new ArrayList<Conversation.Message>();
        for (var index = 0; index < turns.length; index += 2) {
            messages.add(new Conversation.Message(turns[index], turns[index + 1]));
        }
        return new Conversation(messages);
    }

    private static Turn play(String yaml, String... turns) {
        return ScriptPlayer.play(script(yaml), conversation(turns), rule -> 1);
    }

    private static String said(Turn turn) {
        return ((Turn.Answer) turn).text();
    }

    @Test
    void namedGroupsFillTheCallsArguments() {
        var turn = (Turn.Answer) play(LETTER_COUNT, "user", "How often is the letter 'r' in\nthe word 'straw\"berry'?");
        assertThat(turn.text()).isNull();
        assertThat(turn.calls()).singleElement().satisfies(call -> {
            assertThat(call.tool()).isEqualTo("bash");
            assertThat(call.id()).isEqualTo("call_1_1");
            var arguments = JsonMapper.shared().readTree(call.arguments());
            assertThat(arguments.path("command").asString()).isEqualTo("printf %s 'straw\"berry' | grep -o 'r' | wc -l");
            assertThat(arguments.path("nested").path("list").toString()).isEqualTo("[\"r\",1]");
        });
    }

    @Test
    void theFirstRuleThatFitsWins() {
        assertThat(said(play(LETTER_COUNT, "user", "x", "assistant", "", "tool", "out\n3\n"))).isEqualTo("3");
        assertThat(said(play(LETTER_COUNT, "user", "something else"))).isEqualTo("I do not know.");
    }

    @Test
    void withoutAFittingRuleThereIsSilence() {
        assertThat(play("rules: [{when: {last: tool}, say: x}]", "user", "y")).isInstanceOf(Turn.Silence.class);
    }

    @Test
    void turnsOfTheAssistantAreCounted() {
        var yaml = "rules: [{when: {turn: 2}, say: second}, {say: other}]";
        assertThat(said(play(yaml, "user", "a"))).isEqualTo("other");
        assertThat(said(play(yaml, "user", "a", "assistant", "b", "user", "c"))).isEqualTo("second");
    }

    @Test
    void everythingThatARuleNamesMustBeSo() {
        var yaml = "rules: [{when: {last: user, contains: please, conversation_matches: 'word (?<word>\\w+)'}, say: '${word}'}, {say: no}]";
        assertThat(said(play(yaml, "user", "the word kiwi", "assistant", "?", "user", "please"))).isEqualTo("kiwi");
        assertThat(said(play(yaml, "user", "the word kiwi", "assistant", "?", "user", "now"))).isEqualTo("no");
        assertThat(said(play(yaml, "user", "please"))).isEqualTo("no");
    }

    @Test
    void theLastMessagesGroupsWinOverTheConversations() {
        var yaml = "rules: [{when: {conversation_matches: '(?<n>\\d)', matches: '(?<n>\\d)'}, say: '${n}'}]";
        assertThat(said(play(yaml, "user", "1", "user", "2"))).isEqualTo("2");
    }

    @Test
    void aNameThatNoGroupHasStays() {
        assertThat(said(play("rules: [{say: 'echo ${HOME} $1 \\\\'}]", "user", "x"))).isEqualTo("echo ${HOME} $1 \\\\");
    }

    @Test
    void aRuleMayApplyOnlyNowAndThen() {
        var fits = new AtomicInteger();
        var yaml = script("rules: [{every: 3, fail: {status: 503, message: busy, retry_after: 0.5}}, {say: fine}]");
        var said = new ArrayList<String>();
        for (var call = 0; call < 6; call++) {
            var turn = ScriptPlayer.play(yaml, conversation("user", "x"), rule -> fits.incrementAndGet());
            said.add(turn instanceof Turn.Failure(var failure, var delay) ? failure.message() : said(turn));
        }
        assertThat(said).containsExactly("fine", "fine", "busy", "fine", "fine", "busy");
    }

    @Test
    void anAnswerMaySayAndCallAndTakeItsTime() {
        var turn = (Turn.Answer) play(
                "rules: [{say: looking, delay_ms: 250, calls: [{tool: a}, {tool: b, arguments: {x: 1}}]}]", "user", "u", "assistant", "", "tool", "t");
        assertThat(turn.delay()).isEqualTo(Duration.ofMillis(250));
        assertThat(turn.text()).isEqualTo("looking");
        assertThat(turn.calls()).extracting(Turn.ToolCall::id).containsExactly("call_2_1", "call_2_2");
        assertThat(turn.calls()).extracting(Turn.ToolCall::arguments).containsExactly("{}", "{\"x\":1}");
    }

    @Test
    void contentInPartsCountsLineByLine() {
        var messages = JsonMapper.shared().readTree("""
                [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url"}, {"type": "text", "text": "b"}]},
                 {"role": "assistant", "tool_calls": []}]""");
        assertThat(Conversation.of(messages).messages())
                .containsExactly(new Conversation.Message("user", "a\nb"), new Conversation.Message("assistant", ""));
    }
}
