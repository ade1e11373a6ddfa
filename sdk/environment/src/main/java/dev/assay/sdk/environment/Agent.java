// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import dev.assay.sdk.protocol.Json;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import tools.jackson.databind.node.ObjectNode;

/** The agent, as a template sees it: somebody who is asked once and answers once. */
public final class Agent<T> {

    private final String session;
    private final CompletableFuture<ObjectNode> prompt = new CompletableFuture<>();
    private final CompletableFuture<Answer<T>> answer = new CompletableFuture<>();

    Agent(String session) {
        this.session = session;
    }

    /**
     * Puts the task before the agent and waits for its answer.
     *
     * @param what text, a list of chat messages, or a map with a member {@code prompt} and whatever else the client shall get
     * @throws InterruptedException if the task was cancelled
     * @throws IllegalStateException if it was asked before
     */
    public Answer<T> ask(Object what) throws InterruptedException {
        var tree = Json.tree(what);
        var frame = tree instanceof ObjectNode object && object.has("prompt") ? object : Json.object().set("prompt", tree);
        if (!prompt.complete((ObjectNode) frame)) {
            throw new IllegalStateException("a template asks only once");
        }
        try {
            return answer.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The session that started the task: the same from start to end, whatever connection grades it. */
    public String session() {
        return session;
    }

    CompletableFuture<ObjectNode> prompt() {
        return prompt;
    }

    void answer(Answer<T> given) {
        answer.complete(given);
    }
}
