// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import dev.assay.sdk.protocol.Json;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a server asks of whoever called it: whether it lives. Nothing else is to be had, neither a model nor a person. It is answered beside
 * whatever goes on, which a reply that does not arrive does not harm.
 */
final class Asked {

    private static final int UNKNOWN_METHOD = -32601;
    private static final Duration POSTING = Duration.ofSeconds(30);

    private final McpTransport transport;

    /** A server may ask without end: what is asked while so many replies are on their way is not answered. */
    private final Semaphore replies = new Semaphore(8);

    Asked(McpTransport transport) {
        this.transport = transport;
    }

    /** Answers the message if it asks for something. */
    void answer(JsonNode message) {
        var reply = reply(message);
        if (reply.isPresent() && replies.tryAcquire()) {
            Thread.ofVirtual().name("mcp-reply").start(() -> {
                try {
                    transport.tell(reply.get(), POSTING);
                } catch (McpException | InterruptedException e) {
                    // a server that does not hear it asks again
                } finally {
                    replies.release();
                }
            });
        }
    }

    /** The reply, if the message wants one. */
    private static Optional<ObjectNode> reply(JsonNode message) {
        if (!message.path("method").isString() || message.path("id").isMissingNode() || message.path("id").isNull()) {
            return Optional.empty();
        }
        var reply = Json.object().put("jsonrpc", "2.0");
        reply.set("id", message.get("id"));
        if (message.path("method").stringValue().equals("ping")) {
            reply.putObject("result");
        } else {
            reply.putObject("error").put("code", UNKNOWN_METHOD).put("message", "Method not found");
        }
        return Optional.of(reply);
    }

    static boolean isReply(JsonNode message, JsonNode id) {
        return message.path("id").equals(id) && (message.has("result") || message.has("error"));
    }
}
