// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Route;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Calls and answers as the clients and providers really send them, from one dialect into another. */
class TranslationTests {

    @Test
    void aJudgeOfChatIsAskedInMessages() {
        var call = call(Dialect.CHAT, Dialect.MESSAGES, """
                {"model": "claude-sonnet-5-5", "max_tokens": 1024, "messages": [
                  {"role": "system", "content": "You judge."}, {"role": "user", "content": "Is it met?"}]}""");
        assertThat(body(call)).isEqualTo(json("""
                {"model": "upstream", "max_tokens": 1024, "system": "You judge.", "stream": false,
                 "messages": [{"role": "user", "content": [{"type": "text", "text": "Is it met?"}]}]}"""));
        var answer = whole(call, """
                {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "end_turn",
                 "content": [{"type": "text", "text": "MET"}],
                 "usage": {"input_tokens": 5, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 2, "output_tokens": 1}}""");
        assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo("MET");
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(answer.path("model").asString()).isEqualTo("asked-model");
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(10);
        assertThat(answer.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isEqualTo(3);
    }

    @Test
    void whoAsksInResponsesIsServedByChat() {
        var call = call(Dialect.RESPONSES, Dialect.CHAT, """
                {"model": "gpt-5", "instructions": "STOP or CONTINUE", "input": [{"role": "user", "content": [{"type": "input_text",
                  "text": "done"}]}],
                 "reasoning": {"effort": "low"}, "max_output_tokens": 256, "temperature": null, "parallel_tool_calls": null,
                 "prompt_cache_key": "k"}""");
        assertThat(body(call)).isEqualTo(json("""
                {"model": "upstream", "max_tokens": 256, "reasoning_effort": "low", "stream": false, "messages": [
                  {"role": "system", "content": "STOP or CONTINUE"}, {"role": "user", "content": "done"}]}"""));
        assertThat(call.dropped()).containsExactly("prompt_cache_key");
        var answer = whole(call, """
                {"choices": [{"index": 0, "message": {"role": "assistant", "content": "STOP"}, "finish_reason": "stop"}],
                 "usage": {"prompt_tokens": 9, "completion_tokens": 1}}""");
        assertThat(answer.path("status").asString()).isEqualTo("completed");
        assertThat(answer.at("/output/0/content/0/text").asString()).isEqualTo("STOP");
        assertThat(answer.at("/usage/input_tokens_details")).isEqualTo(json("{\"cached_tokens\": 0, \"cache_write_tokens\": 0}"));
    }

    @Test
    void anAgentOfMessagesIsServedByChat() {
        var body = body(call(Dialect.MESSAGES, Dialect.CHAT, """
                {"model": "m", "max_tokens": 16384, "stream": true, "system": [{"type": "text", "text": "S",
                  "cache_control": {"type": "ephemeral"}}],
                 "tool_choice": {"type": "auto", "disable_parallel_tool_use": true},
                 "tools": [{"name": "bash", "description": "d", "input_schema": {"type": "object",
                   "properties": {"command": {"type": "string"}}},
                            "eager_input_streaming": true}],
                 "messages": [
                  {"role": "user", "content": "go"},
                  {"role": "system", "content": "late"},
                  {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": "s"}, {"type": "text",
                    "text": "I look."},
                    {"type": "tool_use", "id": "toolu_1", "name": "bash", "input": {"command": "ls"}},
                    {"type": "tool_use", "id": "toolu_2", "name": "bash", "input": {}}]},
                  {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": "toolu_1", "is_error": false, "content": [{"type": "text", "text": "out"},
                      {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}]},
                    {"type": "tool_result", "tool_use_id": "toolu_2", "is_error": true, "content": [{"type": "text",
                      "text": "no"}]}]}]}"""));
        assertThat(body.path("messages")).isEqualTo(json("""
                [{"role": "system", "content": "S"}, {"role": "user", "content": "go"}, {"role": "system", "content": "late"},
                 {"role": "assistant", "content": "I look.", "tool_calls": [
                   {"id": "toolu_1", "type": "function", "function": {"name": "bash", "arguments": "{\\"command\\":\\"ls\\"}"}},
                   {"id": "toolu_2", "type": "function", "function": {"name": "bash", "arguments": "{}"}}]},
                 {"role": "tool", "tool_call_id": "toolu_1", "content": "out"},
                 {"role": "tool", "tool_call_id": "toolu_2", "content": "Error: no"},
                 {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}]"""));
        assertThat(body.path("parallel_tool_calls").booleanValue()).isFalse();
        assertThat(body.at("/stream_options/include_usage").booleanValue()).isTrue();
    }

    @Test
    void withoutToolsNothingIsSaidOfThem() {
        var body = body(call(Dialect.MESSAGES, Dialect.CHAT, """
                {"max_tokens": 1, "tools": [], "tool_choice": {"type": "auto", "disable_parallel_tool_use": true},
                 "messages": [{"role": "user", "content": "x"}]}"""));
        assertThat(body.propertyNames()).containsExactlyInAnyOrder("model", "messages", "max_tokens", "stream");
    }

    @Test
    void toolsThatTakeATextAndNamespacesAreFunctionsElsewhere() {
        var call = call(Dialect.RESPONSES, Dialect.CHAT, """
                {"stream": true, "store": false, "include": ["reasoning.encrypted_content"], "tool_choice": "auto",
                  "parallel_tool_calls": false,
                 "client_metadata": {"x": "y"}, "input": [
                  {"type": "additional_tools", "role": "developer", "tools": [
                    {"type": "namespace", "name": "agents", "tools": [{"type": "function", "name": "spawn",
                      "parameters": {"type": "object"}}]},
                    {"type": "custom", "name": "apply_patch", "description": "Patches.",
                     "format": {"type": "grammar", "syntax": "lark", "definition": "start: X"}}, {"type": "web_search"}]},
                  {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "rules"}]},
                  {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "go"}]},
                  {"type": "reasoning", "summary": [], "encrypted_content": "theirs"},
                  {"type": "custom_tool_call", "call_id": "c1", "name": "apply_patch", "input": "*** Begin"},
                  {"type": "custom_tool_call_output", "call_id": "c1", "output": "ok"}]}""");
        var body = body(call);
        assertThat(body.at("/tools/0/function/name").asString()).isEqualTo("agents__spawn");
        assertThat(body.at("/tools/1/function/description").asString())
                .isEqualTo("Patches.\n\nThe input must follow this grammar:\nstart: X");
        assertThat(body.at("/messages/2/tool_calls/0/function/arguments").asString()).isEqualTo("{\"input\":\"*** Begin\"}");
        assertThat(call.dropped()).contains("client_metadata", "input[].tools[].type web_search", "input[].reasoning");
        var events = stream(call, """
                {"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "apply_patch",
                  "arguments": "{\\"inp"}}]}}]}
                {"choices": [{"delta": {"tool_calls": [{"index": 1, "id": "b", "function": {"name": "agents__spawn", "arguments": "{"}}]}}]}
                {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": "ut\\": \\"***\\"}"}}]}}]}
                {"choices": [{"delta": {"tool_calls": [{"index": 1, "function": {"arguments": "}"}}]}, "finish_reason": "tool_calls"}]}
                """);
        var output = last(events).at("/response/output");
        assertThat(output.path(0).path("type").asString()).isEqualTo("custom_tool_call");
        assertThat(output.path(0).path("input").asString()).isEqualTo("***");
        assertThat(output.path(1).path("name").asString()).isEqualTo("spawn");
        assertThat(output.path(1).path("namespace").asString()).isEqualTo("agents");
        assertThat(output.path(1).path("arguments").asString()).isEqualTo("{}");
    }

    @Test
    void aShellIsAFunctionElsewhereAndComesBackAsOne() {
        var call = call(Dialect.RESPONSES, Dialect.MESSAGES, """
                {"tools": [{"type": "shell", "environment": {"type": "local"}}], "input": [{"role": "user", "content": "go"},
                  {"type": "shell_call", "call_id": "c1", "action": {"commands": ["ls"], "timeout_ms": null}},
                  {"type": "shell_call_output", "call_id": "c1", "output": [{"stdout": "3\\n", "stderr": "",
                    "outcome": {"type": "exit", "exit_code": 0}}]}]}""");
        var body = body(call);
        assertThat(body.at("/tools/0/name").asString()).isEqualTo("shell");
        assertThat(body.at("/messages/1/content/0/input")).isEqualTo(json("{\"commands\": [\"ls\"]}"));
        assertThat(body.at("/messages/2/content/0/content/0/text").asString()).isEqualTo("3\n(exit 0)");
        var answer = whole(call, """
                {"content": [{"type": "tool_use", "id": "t", "name": "shell", "input": {"commands": ["a", "b"], "timeout_ms": 5}}],
                 "stop_reason": "tool_use"}""");
        assertThat(answer.at("/output/0/type").asString()).isEqualTo("shell_call");
        assertThat(answer.at("/output/0/action"))
                .isEqualTo(json("{\"commands\": [\"a\", \"b\"], \"timeout_ms\": 5, \"max_output_length\": null}"));
    }

    @Test
    void googlesClientMixesItsSpellings() {
        var body = body(call(Dialect.GEMINI, Dialect.MESSAGES, """
                {"systemInstruction": {"parts": [{"text": "S"}]},
                 "generationConfig": {"thinkingConfig": {"include_thoughts": true, "thinking_level": "LOW"}, "maxOutputTokens": 99},
                 "tools": [{"functionDeclarations": [{"name": "f", "description": "d", "parameters_json_schema": {"type": "object",
                   "properties": {}}}]}],
                 "contents": [{"role": "user", "parts": [{"text": "go"}]},
                  {"role": "model", "parts": [{"text": "hm", "thought": true}, {"functionCall": {"name": "f", "args": {"a": 1}},
                    "thoughtSignature": "x"}]},
                  {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"error": "no"},
                    "parts": [{"inline_data": {"mime_type": "image/png", "data": "-_8"}}]}}]}]}"""));
        assertThat(body.path("system").asString()).isEqualTo("S");
        assertThat(body.at("/output_config/effort").asString()).isEqualTo("low");
        assertThat(body.at("/messages/1/content"))
                .isEqualTo(json("[{\"type\": \"tool_use\", \"id\": \"call_1\", \"name\": \"f\", \"input\": {\"a\": 1}}]"));
        assertThat(body.at("/messages/2/content/0")).isEqualTo(json("""
                {"type": "tool_result", "tool_use_id": "call_1", "is_error": true, "content": [{"type": "text", "text": "no"},
                  {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "+/8="}}]}"""));
    }

    @Test
    void aSealedThoughtComesBackToItsProviderThroughEitherOfOpenAisDialects() {
        var thought = """
                {"content": [{"type": "thinking", "thinking": "hm", "signature": "SIG"}, {"type": "redacted_thinking", "data": "DATA"},
                             {"type": "text", "text": "so"}], "stop_reason": "end_turn"}""";
        var blocks = json("""
                [{"type": "thinking", "thinking": "hm", "signature": "SIG"}, {"type": "redacted_thinking", "data": "DATA"},
                 {"type": "text", "text": "so"}]""");
        var message = whole(call(Dialect.CHAT, Dialect.MESSAGES, "{\"messages\": []}"), thought).at("/choices/0/message");
        assertThat(message.path("reasoning_content").asString()).isEqualTo("hm");
        assertThat(body(call(Dialect.CHAT, Dialect.MESSAGES, "{\"messages\": [" + message + "]}")).at("/messages/0/content"))
                .isEqualTo(blocks);
        var output = whole(call(Dialect.RESPONSES, Dialect.MESSAGES, "{\"input\": []}"), thought).path("output");
        assertThat(body(call(Dialect.RESPONSES, Dialect.MESSAGES, "{\"input\": " + output + "}")).at("/messages/0/content"))
                .isEqualTo(blocks);
        var elsewhere = call(Dialect.CHAT, Dialect.RESPONSES, "{\"messages\": [" + message + "]}");
        assertThat(body(elsewhere).toString()).doesNotContain("SIG", "hm");
        assertThat(elsewhere.dropped()).contains("messages[].reasoning_details");
    }

    @Test
    void aSignatureOfGeminisTravelsInTheIdOfItsCall() {
        var id = whole(call(Dialect.CHAT, Dialect.GEMINI, "{\"messages\": []}"), """
                {"candidates": [{"content": {"parts": [{"functionCall": {"id": "7", "name": "f", "args": {}},
                  "thoughtSignature": "c2ln+/=="}]},
                  "finishReason": "STOP"}]}""").at("/choices/0/message/tool_calls/0/id").asString();
        var history = """
                {"messages": [{"role": "assistant", "tool_calls": [{"id": "%s", "type": "function", "function": {"name": "f",
                  "arguments": "{}"}}]},
                              {"role": "tool", "tool_call_id": "%s", "content": "out"}]}""".formatted(id, id);
        var body = body(call(Dialect.CHAT, Dialect.GEMINI, history));
        assertThat(body.at("/contents/0/parts/0")).isEqualTo(json("""
                {"functionCall": {"id": "7", "name": "f", "args": {}}, "thoughtSignature": "c2ln+/=="}"""));
        assertThat(body.at("/contents/1/parts/0/functionResponse/name").asString()).isEqualTo("f");
        var elsewhere = body(call(Dialect.CHAT, Dialect.MESSAGES, history));
        assertThat(elsewhere.at("/messages/0/content/0/id").asString())
                .matches("[A-Za-z0-9_-]{1,40}")
                .isEqualTo(elsewhere.at("/messages/1/content/0/tool_use_id").asString());
    }

    @Test
    void aRefusalIsOneEverywhere() {
        var refused = """
                {"content": [], "stop_reason": "refusal", "stop_details": {"type": "refusal", "category": null, "explanation": "No."}}""";
        var chat = whole(call(Dialect.CHAT, Dialect.MESSAGES, "{\"messages\": []}"), refused).at("/choices/0");
        assertThat(chat.at("/message/refusal").asString()).isEqualTo("No.");
        assertThat(chat.path("finish_reason").asString()).isEqualTo("stop");
        assertThat(whole(call(Dialect.RESPONSES, Dialect.MESSAGES, "{\"input\": []}"), refused).at("/output/0/content/0"))
                .isEqualTo(json("{\"type\": \"refusal\", \"refusal\": \"No.\"}"));
        assertThat(whole(call(Dialect.GEMINI, Dialect.MESSAGES, "{\"contents\": []}"), refused).at("/candidates/0/finishReason").asString())
                .isEqualTo("SAFETY");
    }

    @Test
    void argumentsThatAreNoJsonAreNotHidden() {
        var answer = """
                {"choices": [{"message": {"tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{\\"x\\": "}}]},
                  "finish_reason": "tool_calls"}]}""";
        assertThat(whole(call(Dialect.MESSAGES, Dialect.CHAT, "{\"messages\": [], \"max_tokens\": 1}"), answer).at("/content/0/input"))
                .isEqualTo(json("{\"INVALID_JSON\": \"{\\\"x\\\": \"}"));
        var gemini = whole(call(Dialect.GEMINI, Dialect.CHAT, "{\"contents\": []}"), answer).at("/candidates/0");
        assertThat(gemini.path("finishReason").asString()).isEqualTo("MALFORMED_FUNCTION_CALL");
        assertThat(gemini.at("/content/parts")).isEmpty();
    }

    @Test
    void callsWithoutIdsGetThemAndArgumentsMayBeAnObject() {
        var answer = whole(call(Dialect.MESSAGES, Dialect.CHAT, "{\"messages\": [], \"max_tokens\": 1}"), """
                {"choices": [{"message": {"content": null, "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1}}},
                  {"id": "", "function": {"name": "g"}}]}, "finish_reason": "stop"}]}""");
        assertThat(answer.at("/content/0/input")).isEqualTo(json("{\"x\": 1}"));
        assertThat(answer.at("/content/1/input")).isEqualTo(json("{}"));
        assertThat(answer.at("/content/0/id").asString()).startsWith("call_").isNotEqualTo(answer.at("/content/1/id").asString());
        assertThat(answer.path("stop_reason").asString()).isEqualTo("tool_use");
    }

    @Test
    void whatIsNamedAsDroppedFitsIntoAHeader() {
        var call = call(Dialect.CHAT, Dialect.MESSAGES, """
                {"messages": [{"role": "user", "content": "x",
                  "a\\r\\nx-evil: 1": 1, "ü": 2}, {"role": "user", "content": "y", "name": "n"}]}""");
        assertThat(call.dropped()).containsExactly("messages[].a??x-evil? 1", "messages[].?", "messages[].name");
    }

    @Test
    void logProbabilitiesAreKeptBetweenOpenAisDialects() {
        var answer = """
                {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop",
                  "logprobs": {"content": [{"token": "hi", "logprob": -0.5, "bytes": [104, 105], "top_logprobs": []}]}}]}""";
        var call = call(Dialect.RESPONSES, Dialect.CHAT, """
                {"input": "x", "include": ["message.output_text.logprobs"], "top_logprobs": 2}""");
        assertThat(body(call).path("top_logprobs").asInt()).isEqualTo(2);
        assertThat(whole(call, answer).at("/output/0/content/0/logprobs/0/logprob").asDouble()).isEqualTo(-0.5);
    }

    @Test
    void linesInBase64AreNoPartOfIt() {
        var body = body(call(Dialect.GEMINI, Dialect.MESSAGES, """
                {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": "AAAA\\n-_8=\\n"}}]}]}"""));
        assertThat(body.at("/messages/0/content/0/source/data").asString()).isEqualTo("AAAA+/8=");
    }

    @Test
    void anEmptyReasonDoesNotUndoTheOneBefore() {
        var events = stream(call(Dialect.MESSAGES, Dialect.CHAT, "{\"messages\": [], \"max_tokens\": 1, \"stream\": true}"), """
                {"choices": [{"delta": {"content": "x"}, "finish_reason": "length"}]}
                {"choices": [{"delta": {}, "finish_reason": ""}]}
                """);
        assertThat(events).contains("\"stop_reason\":\"max_tokens\"");
    }

    @Test
    void anAddressOfManyParametersIsReadToItsEnd() {
        var parameters = ";a".repeat(50_000);
        var image = """
                {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "data:image/png%s,AAAA"}]}]}""";
        var bytes = body(call(Dialect.RESPONSES, Dialect.MESSAGES, image.formatted(parameters + ";base64")));
        assertThat(bytes.at("/messages/0/content/0/source"))
                .isEqualTo(json("{\"type\": \"base64\", \"media_type\": \"image/png\", \"data\": \"AAAA\"}"));
        assertThat(body(call(Dialect.RESPONSES, Dialect.MESSAGES, image.formatted(parameters))).at("/messages/0/content/0/source/type")
                .asString()).isEqualTo("url");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"output": "fine", "error": null}   | false | fine
            {"output": "x", "exit_code": 1}     | false | {"output":"x","exit_code":1}
            {"error": "no", "stdout": "y"}      | true  | {"error":"no","stdout":"y"}
            {"error": "no"}                     | true  | no
            {"success": true, "output": "out"}  | false | out
            {"success": false, "output": "out"} | false | {"success":false,"output":"out"}
            {"result": "r"}                     | false | r
            """)
    void aResponseOfGeminisIsPassedOnAsItIs(String response, boolean failed, String text) {
        var result = body(call(Dialect.GEMINI, Dialect.MESSAGES, """
                {"contents": [{"role": "model", "parts": [{"functionCall": {"name": "f"}}]},
                  {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": %s}}]}]}""".formatted(response)))
                .at("/messages/1/content/0");
        assertThat(result.path("is_error").asBoolean(false)).isEqualTo(failed);
        assertThat(result.at("/content/0/text").asString()).isEqualTo(text);
    }

    @Test
    void aCallGoesOnBehindATextInItsMiddle() {
        var events = """
                {"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{\\"x\\":"}}]}}]}
                {"choices": [{"delta": {"content": "and"}}]}
                {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": "1}"}}]}}]}
                {"choices": [{"delta": {}, "finish_reason": "tool_call"}]}
                """;
        var told = stream(call(Dialect.RESPONSES, Dialect.CHAT, "{\"input\": [], \"stream\": true}"), events);
        assertThat(last(told).at("/response/output/0/arguments").asString()).isEqualTo("{\"x\":1}");
        assertThat(last(told).at("/response/output/1/content/0/text").asString()).isEqualTo("and");
        assertThat(stream(call(Dialect.MESSAGES, Dialect.CHAT, "{\"messages\": [], \"max_tokens\": 1, \"stream\": true}"), events))
                .contains("\"stop_reason\":\"tool_use\"");
    }

    @Test
    void whatOnlySomeServersKnowOfChatIsDropped() {
        var call = call(Dialect.CHAT, Dialect.RESPONSES, """
                {"messages": [], "min_p": 0.1, "chat_template_kwargs": {"enable_thinking": false}, "x": false, "y": {}, "z": null}""");
        assertThat(call.dropped()).containsExactly("min_p", "chat_template_kwargs", "x", "y");
    }

    @Test
    void numbersOfAnySizeAreCountedOrKept() {
        var counted = whole(call(Dialect.RESPONSES, Dialect.CHAT, "{\"input\": []}"), """
                {"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}],
                 "usage": {"prompt_tokens": 1%s, "completion_tokens": 7}}""".formatted("0".repeat(400)));
        assertThat(counted.at("/usage/output_tokens").asInt()).isEqualTo(7);
        assertThat(body(call(Dialect.GEMINI, Dialect.CHAT, """
                {"contents": [], "tools": [{"functionDeclarations": [
                  {"name": "f", "parameters": {"minItems": "x", "maxItems": "3"}}]}]}"""))
                .at("/tools/0/function/parameters")).isEqualTo(json("{\"minItems\": \"x\", \"maxItems\": 3}"));
    }

    @Test
    void longConversationsAreReadInOneGo() {
        var calls = "{\"functionCall\": {\"name\": \"f\"}},".repeat(50_000);
        var results = "{\"functionResponse\": {\"name\": \"f\", \"response\": {}}},".repeat(50_000);
        var gemini = """
                {"contents": [{"role": "model", "parts": [%s]}, {"role": "user", "parts": [%s]}]}"""
                .formatted(calls.substring(0, calls.length() - 1), results.substring(0, results.length() - 1));
        var items = "{\"type\": \"function_call\", \"call_id\": \"c\", \"name\": \"f\", \"arguments\": \"{}\"},".repeat(50_000);
        assertTimeout(Duration.ofSeconds(20), () -> {
            assertThat(body(call(Dialect.GEMINI, Dialect.MESSAGES, gemini)).at("/messages/1/content/49999/tool_use_id").asString())
                    .isEqualTo("call_50000");
            call(Dialect.RESPONSES, Dialect.MESSAGES, "{\"input\": [" + items.substring(0, items.length() - 1) + "]}");
        });
    }

    @Test
    void aSignatureOfNothingIsNone() {
        var answer = stream(call(Dialect.CHAT, Dialect.MESSAGES, "{\"messages\": [], \"stream\": true}"), """
                {"type": "message_start", "message": {}}
                {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}}
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}}
                {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}}
                """);
        assertThat(answer).contains("\"content\":\"hi\"").doesNotContain("reasoning_details");
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            8192, 4096, 0, 4095, 4096
            100,  1024, 0, -,    1024
            8192, -,    0, 8192, 16384
            8192, 9000, 1, -,    9000
            """)
    void thereIsRoomForMoreThanTheThoughts(int budget, Integer most, int forced, Integer thoughts, int written) {
        var call = call(Dialect.GEMINI, Dialect.MESSAGES, """
                {"contents": [], "generationConfig": {"thinkingConfig": {"thinkingBudget": %s}, "maxOutputTokens": %s},
                 "tools": [{"functionDeclarations": [{"name": "f"}]}], "toolConfig": {"functionCallingConfig": {"mode": "%s"}}}"""
                .formatted(budget, most, forced == 1 ? "ANY" : "AUTO"));
        assertThat(body(call).path("max_tokens").asInt()).isEqualTo(written);
        assertThat(body(call).at("/thinking/budget_tokens").asInt(0)).isEqualTo(thoughts == null ? 0 : thoughts);
        assertThat(call.dropped().contains("generationConfig.thinkingConfig")).isEqualTo(thoughts == null);
    }

    @Test
    void imagesWhereOnlyTextCanStandAreNamedAsDropped() {
        var image = "{\"inlineData\": {\"mimeType\": \"image/png\", \"data\": \"AAAA\"}}";
        var said = call(Dialect.GEMINI, Dialect.RESPONSES, """
                {"contents": [{"role": "model", "parts": [%s, {"text": "x"}]}]}""".formatted(image));
        assertThat(said.dropped()).containsExactly("contents[].parts[].inlineData");
        assertThat(body(said).path("input")).isEqualTo(json("[{\"type\": \"message\", \"role\": \"assistant\", \"content\": \"x\"}]"));
        var instructions = call(Dialect.GEMINI, Dialect.MESSAGES, """
                {"contents": [], "systemInstruction": {"parts": [%s]}}""".formatted(image));
        assertThat(instructions.dropped()).containsExactly("contents[].parts[].inlineData");
        assertThat(body(instructions).has("system")).isFalse();
    }

    @Test
    void aLongNameIsShortElsewhereAndComesBackWhole() {
        var name = "mcp__server__" + "t".repeat(80);
        var call = call(Dialect.MESSAGES, Dialect.CHAT, """
                {"max_tokens": 1, "messages": [], "tools": [{"name": "%s"}], "tool_choice": {"type": "tool", "name": "%s"}}"""
                .formatted(name, name));
        var wire = body(call).at("/tools/0/function/name").asString();
        assertThat(wire).hasSize(64).isEqualTo(body(call).at("/tool_choice/function/name").asString());
        assertThat(whole(call, """
                {"choices": [{"message": {"tool_calls": [{"id": "a", "function": {"name": "%s", "arguments": "{}"}}]},
                  "finish_reason": "tool_calls"}]}""".formatted(wire)).at("/content/0/name").asString()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"gpt-5-mini, max_completion_tokens", "openai/o3, max_completion_tokens", "gpt-4o, max_tokens", "qwen3, max_tokens",
        "gpt-50, max_tokens", "olmo, max_tokens"})
    void aLengthIsCalledAsTheModelTakesIt(String model, String member) {
        var call = Translations.call(
                new Route(Dialect.MESSAGES, Operation.GENERATE, null, false),
                Body.of("{\"messages\": [], \"max_tokens\": 5}".getBytes(StandardCharsets.UTF_8)),
                TranslationPropertyTests.head(false),
                Dialect.CHAT,
                model,
                Instant.EPOCH);
        assertThat(body(call).path(member).asInt()).isEqualTo(5);
    }

    /** What would change the answer is refused in the client's own words. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CHAT | MESSAGES | {"messages": [], "return_token_ids": true}                     | return_token_ids
            CHAT | RESPONSES | {"messages": [], "temperature": 1e400}                        | temperature
            CHAT | RESPONSES | {"messages": [], "max_tokens": 1e400}                         | max_tokens
            CHAT | MESSAGES | {"messages": [], "logprobs": true}                             | logprobs
            CHAT | MESSAGES | {"messages": [], "temperature": 1.5}                           | temperature
            CHAT | RESPONSES | {"messages": [], "stop": ["x"]}                               | stop
            CHAT | GEMINI | {"messages": [], "n": 2}                                         | n
            CHAT | MESSAGES | {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]} | messages[0].content[0].type
            CHAT | MESSAGES | {"messages": [{"role": "tool", "content": "x"}]}               | messages[0].tool_call_id
            CHAT | MESSAGES | {"messages": [], "temperature": "hot"}                         | temperature
            RESPONSES | CHAT | {"input": [{"type": "computer_call"}]}                        | input[0].type
            RESPONSES | CHAT | {"input": [], "tools": [{"type": "computer"}]}                | tools[0].type
            RESPONSES | CHAT | {"input": [], "background": true}                             | background
            RESPONSES | MESSAGES | {"input": [{"type": "item_reference", "id": "x"}]}        | input[0].type
            MESSAGES | CHAT | {"messages": [], "top_k": 5}                                   | top_k
            MESSAGES | CHAT | {"messages": [], "tools": [{"type": "computer_20251124", "name": "computer"}]} | tools[0].type
            MESSAGES | CHAT | {"messages": [], "mcp_servers": [{}]}                          | mcp_servers
            MESSAGES | GEMINI | {"messages": [{"role": "user", "content": [{"type": "server_tool_use"}]}]} | messages[0].content[0].type
            GEMINI | CHAT | {"contents": [], "generationConfig": {"topK": 3}}                | generationConfig.topK
            GEMINI | CHAT | {"contents": [], "tools": [{"computerUse": {}}]}                 | tools[0].computerUse
            GEMINI | MESSAGES | {"contents": [], "generationConfig": {"seed": 1, "presencePenalty": 1}} | generationConfig.presencePenalty
            GEMINI | CHAT | {"contents": [{"parts": [{"executableCode": {}}]}]}              | contents[0].parts[0].executableCode
            """)
    void whatCannotBeSaidIsRefusedByName(Dialect asked, Dialect of, String body, String member) {
        var refused = catchThrowableOfType(ModelErrorException.class, () -> call(asked, of, body));
        assertThat(refused.error().status()).isEqualTo(400);
        assertThat(refused.error().message()).startsWith(member + ": ");
    }

    @Test
    void anAddressOfAnImageIsRefusedWhereItCannotBeFetched() {
        var refused = catchThrowableOfType(ModelErrorException.class, () -> call(Dialect.RESPONSES, Dialect.GEMINI, """
                {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "https://example.org/a.png"}]}]}"""));
        assertThat(refused.error().message()).startsWith("input[].content[].image_url: ");
    }

    private static TranslatedCall call(Dialect asked, Dialect of, String body) {
        var streamed = json(body).path("stream").asBoolean(false);
        return Translations.call(
                new Route(asked, Operation.GENERATE, null, streamed),
                Body.of(body.getBytes(StandardCharsets.UTF_8)),
                TranslationPropertyTests.head(streamed),
                of,
                "upstream",
                Instant.EPOCH);
    }

    private static JsonNode body(TranslatedCall call) {
        return TranslationPropertyTests.tree(call.body());
    }

    private static JsonNode whole(TranslatedCall call, String answer) {
        var bytes = answer.getBytes(StandardCharsets.UTF_8);
        return ModelJson.MAPPER.readTree(call.answer().whole(bytes, 0, bytes.length));
    }

    private static String stream(TranslatedCall call, String events) {
        var out = new StringBuilder();
        for (var event : events.strip().split("\n(?=\\{)")) {
            var bytes = event.getBytes(StandardCharsets.UTF_8);
            out.append(new String(call.answer().event("", bytes, 0, bytes.length), StandardCharsets.UTF_8));
        }
        return out.append(new String(call.answer().end(), StandardCharsets.UTF_8)).toString();
    }

    private static JsonNode last(String stream) {
        return json(TranslationPropertyTests.events(stream.getBytes(StandardCharsets.UTF_8)).getLast());
    }

    private static JsonNode json(String text) {
        return ModelJson.MAPPER.readTree(text);
    }
}
