// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A way for an agent to act on an environment.
 *
 * @param protocol what is spoken there, such as {@code ssh/2} or {@code mcp/2025-11-25}
 * @param url where the environment itself reaches it; a controller goes through {@link ControlClient#openTunnel}
 * @param params what else a client must know, such as a key
 */
public record Capability(String name, String protocol, String url, ObjectNode params) {

    public Capability(String name, String protocol, String url) {
        this(name, protocol, url, Json.object());
    }

    @JsonCreator
    static Capability of(@Nullable String name, @Nullable String protocol, @Nullable String url, @Nullable JsonNode params) {
        if (name == null || protocol == null || url == null) {
            throw new IllegalArgumentException("a capability needs a name, a protocol and a url");
        }
        var given = params instanceof ObjectNode object ? object : Json.object();
        if (protocol.startsWith("mcp/") && !given.has("transport")) {
            given = given.deepCopy().put("transport", url.startsWith("ws") ? "websocket" : "streamable-http");
        }
        return new Capability(name, protocol, url, given);
    }

    /** The protocol without its version: {@code ssh}, {@code mcp}, {@code rfb}. */
    public String family() {
        return protocol.split("/", 2)[0];
    }

    boolean answersTo(String reference) {
        return reference.equals(name) || reference.equals(protocol) || reference.equals(family());
    }
}
