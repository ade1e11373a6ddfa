// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.engine;

import dev.assay.trainer.engine.Sampler.Reply;
import dev.assay.trainer.engine.Sampler.Sampled;

/** Conversations as a model reads them, and what it samples as people do. */
public interface Renderer {

    /**
     * The ids that an answer to the conversation is sampled behind: its messages as the model reads them, and the beginning of an answer.
     * They begin with the ids that the conversation goes on from, if these say the same as the messages that they stand for.
     */
    int[] prompt(Conversation conversation);

    /** What sampled ids say to whoever had that conversation. */
    Reply reply(Sampled sampled, Conversation conversation);

    /** One token as text, for people. */
    String text(int token);
}
