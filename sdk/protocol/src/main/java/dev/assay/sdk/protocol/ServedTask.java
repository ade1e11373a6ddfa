// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import tools.jackson.databind.node.ObjectNode;

/**
 * One task of a session, from its start to its grade or its end. What it throws becomes an error reply with the exception's message; an
 * {@link RpcException} also chooses the code.
 *
 * <p>A cancelled call is interrupted and must then clean up and return at once.
 */
public interface ServedTask {

    /** Runs up to the prompt and returns the prompt frame: an object with a member {@code prompt}. */
    ObjectNode start() throws Exception;

    /** Hands over the answer and returns the grade frame: an object with a finite number {@code score}. */
    ObjectNode grade(ObjectNode payload) throws Exception;

    /** Ends the task, whatever state it is in; possibly more than once, and from another thread than the one that runs it. */
    void close();
}
