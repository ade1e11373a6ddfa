// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import dev.assay.acceptance.StubServer.Reply;
import dev.assay.acceptance.StubServer.Request;
import java.util.Map;

/** A stand-in for a provider of models, whose answers are as odd as some that are seen: which, the model's name says. */
final class OddModels {

    /** As the platform names it. */
    static final String PROVIDER = "stand-in";

    private static final String CHOICE = """
            {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, "finish_reason": %s}]}""";
    private static final String CALL = CHOICE.formatted("""
            "tool_calls", "message": {"role": "assistant", "content": null, "tool_calls": [
                {%s "type": "function", "function": {"name": "bash", "arguments": "{\\"command\\": \\"pwd\\"}"}}]}""");

    private static final Reply PLAIN = new Reply(200, CHOICE.formatted("\"stop\", \"message\": {\"role\": \"assistant\", \"content\": \"3\"}"));

    static final Map<String, Reply> REPLIES = Map.of(
            "plain", PLAIN,
            "no-call-id", new Reply(200, CALL.formatted("")),
            "empty-call-id", new Reply(200, CALL.formatted("\"id\": \"\",")),
            "ok-but-error", new Reply(200, "{\"error\": {\"message\": \"Free tier: 20 requests a minute\", \"code\": 429}}"),
            "ok-but-null", new Reply(200, "null"),
            "ok-but-page", new Reply(200, "text/html", "<html>sign in first</html>"),
            "error-in-list", new Reply(429, "[{\"error\": {\"code\": 429, \"message\": \"daily quota used up\", \"status\": \"RESOURCE_EXHAUSTED\"}}]"));

    private static final StubServer SERVER = new StubServer(OddModels::reply);

    private OddModels() {}

    /** What the platform must know of it when it starts, beside the stand-in's own upstream. */
    static Map<String, String> variables() {
        return Map.of(
                "ASSAY_UPSTREAMS_1_NAME", PROVIDER, "ASSAY_UPSTREAMS_1_BASE_URL", SERVER.url() + "/v1", "ASSAY_UPSTREAMS_1_API_KEY", "none");
    }

    /** After a tool's result it answers plainly; one that names no call it refuses, as providers do. */
    private static Reply reply(Request request) {
        var asked = Api.JSON.readTree(request.body());
        var results = asked.path("messages").valueStream().filter(message -> message.path("role").asString("").equals("tool")).toList();
        if (results.stream().anyMatch(result -> result.path("tool_call_id").asString("").isEmpty())) {
            return new Reply(400, "{\"error\": {\"message\": \"a result that names no call\"}}");
        }
        return results.isEmpty() ? REPLIES.getOrDefault(asked.path("model").asString(""), PLAIN) : PLAIN;
    }
}
