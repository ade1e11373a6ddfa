// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** Who answered the handshake, under which session, and what it offers to agents. */
public record Manifest(@JsonProperty("session_id") String sessionId, Identity env, List<Capability> bindings) {

    /** An environment's name and version, as it declares them. */
    public record Identity(String name, String version) {}
}
