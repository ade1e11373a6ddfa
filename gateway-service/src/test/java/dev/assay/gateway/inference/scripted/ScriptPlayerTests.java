// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.translate.Losses;
import dev.assay.gateway.translate.Translations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
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
    private static Dialogue conversation(String... turns) {
        var messages = new ArrayList<Dialogue.Message>();
        for (var index = 0; index < turns.length; index += 2) {
            messages.add(new Dialogue.Message(turns[index], turns[index + 1]));
        }
        return new Dialogue(messages, Set.of());
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
    void whatIsOfferedMayDecide() {
        var yaml = "rules: [{when: {offers: shell}, call: {tool: shell}}, {say: no shell}]";
        var offered = new Dialogue(List.of(new Dialogue.Message("user", "x")), Set.of("shell", "other"));
        assertThat(ScriptPlayer.play(script(yaml), offered, rule -> 1)).isInstanceOfSatisfying(
                Turn.Answer.class, answer -> assertThat(answer.calls()).singleElement().extracting(Turn.ToolCall::tool).isEqualTo("shell"));
        assertThat(said(play(yaml, "user", "x"))).isEqualTo("no shell");
    }

    @Test
    void contentInPartsCountsLineByLine() {
        var call = JsonMapper.shared().readTree("""
                {"messages": [
                 {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "x"}},
                                              {"type": "text", "text": "b"}]},
                 {"role": "assistant", "tool_calls": []}]}""");
        assertThat(dialogue(Dialect.CHAT, call).messages())
                .containsExactly(new Dialogue.Message("user", "a\nb"), new Dialogue.Message("assistant", ""));
    }

    /** A script says {@code last: tool} of a result, however its client says that. */
    @Test
    void everyDialectsResultsAreTools() {
        var calls = Map.of(
                Dialect.CHAT, """
                {"messages": [{"role": "user", "content": "go"},
                  {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "t"}}]},
                  {"role": "tool", "tool_call_id": "a", "content": "out"}]}""",
                Dialect.RESPONSES, """
                {"input": [{"role": "user", "content": "go"}, {"type": "function_call", "call_id": "a", "name": "t", "arguments": "{}"},
                  {"type": "function_call_output", "call_id": "a", "output": "out"}]}""",
                Dialect.MESSAGES, """
                {"messages": [{"role": "user", "content": "go"},
                  {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "t", "input": {}}]},
                  {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "out"}]}]}""",
                Dialect.GEMINI, """
                {"contents": [{"role": "user", "parts": [{"text": "go"}]}, {"role": "model", "parts": [{"functionCall": {"name": "t"}}]},
                  {"role": "user", "parts": [{"functionResponse": {"name": "t", "response": {"success": true, "output": "out"}}}]}]}""");
        calls.forEach((dialect, call) -> assertThat(dialogue(dialect, JsonMapper.shared().readTree(call)).messages())
                .as("%s", dialect)
                .containsExactly(
                        new Dialogue.Message("user", "go"), new Dialogue.Message("assistant", ""), new Dialogue.Message("tool", "out")));
    }

    private static Dialogue dialogue(Dialect dialect, JsonNode call) {
        return Dialogue.of(Translations.conversation(dialect, call.asObject(), false, Losses.lenient(dialect)));
    }
}
