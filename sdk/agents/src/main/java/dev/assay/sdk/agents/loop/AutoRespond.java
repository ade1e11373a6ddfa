// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.ModelEndpoint;
import java.util.Optional;

/** Answers in the user's place a model that stopped to ask. */
public interface AutoRespond {

    /**
     * What to say so that the model goes on; nothing if it has finished, or if that could not be found out.
     *
     * @param content what the model said last
     * @throws InterruptedException if the thread was interrupted
     */
    Optional<String> followUp(String content, ModelEndpoint gateway) throws InterruptedException;
}
