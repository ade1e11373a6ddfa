// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.sdk.agents.InsideModel;
import dev.assay.sdk.protocol.BoundConnection;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.ControlClient;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an agent inside the workspace reaches its model. Where a workspace has a network of its own, one process is let out of it and the key
 * stays outside; where it shares the environment's, the model is where the environment finds it, and the key is in the open.
 */
final class ModelInside {

    /** What a program says who it is with where the key is put in on the way. */
    private static final String WORTHLESS = "hud-process-bound";

    private ModelInside() {}

    /**
     * To be called before the task starts: a workspace that is in use takes no more connections.
     *
     * @param url the gateway's models, as the environment reaches them
     * @param headers that tell of which run a call is
     * @throws IOException if the environment offers to bind a connection and then does not
     */
    static InsideModel of(ControlClient client, String url, String runKey, Map<String, String> headers) throws IOException {
        var bound = connection(client.hello().bindings(), url, runKey, headers);
        if (bound.isEmpty()) {
            return InsideModel.open(url, runKey, headers);
        }
        client.bind(List.of(bound.get()));
        return new InsideModel(bound.get().clientUrl(), WORTHLESS, Map.of(), bound.get().name());
    }

    static Optional<BoundConnection> connection(List<Capability> offered, String url, String runKey, Map<String, String> headers) {
        var sent = new HashMap<>(headers);
        sent.put("Authorization", "Bearer " + runKey);
        return offered.stream()
                .filter(one -> one.family().equals("ssh") && one.params().path("process_connections").asBoolean(false))
                .findFirst()
                .map(shell -> new BoundConnection("inference", shell.name(), url, sent));
    }
}
