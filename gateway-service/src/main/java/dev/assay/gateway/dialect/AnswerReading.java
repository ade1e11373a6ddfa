// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import org.jspecify.annotations.Nullable;

/** Looks at one answer of one dialect while it passes: what has to be known of it, and whether it may pass as it is. One thread. */
public interface AnswerReading {

    /** What is to be done with an event, or with a whole answer. */
    sealed interface Verdict {
        /** It goes on as it came. */
        record Pass() implements Verdict {}

        /** The client did not ask for it. */
        record Drop() implements Verdict {}

        /** @param bytes what goes on instead: whole events with their empty lines, or a whole body */
        record Mended(byte[] bytes) implements Verdict {}

        /**
         * It says that the call has failed.
         *
         * @param passes whether the client's library understands it as it came, once an answer has begun
         */
        record Failed(ModelError error, boolean passes) implements Verdict {}
    }

    Verdict PASS = new Verdict.Pass();
    Verdict DROP = new Verdict.Drop();

    /**
     * Looks at an event that is complete.
     *
     * @param name of its {@code event:} line; empty if it has none
     * @param bytes hold its data, lines joined
     */
    Verdict event(String name, byte[] bytes, int from, int to);

    /** Looks at an answer that is no stream. */
    Verdict whole(byte[] bytes, int from, int to);

    /** Whether something was seen that counts as an answer: no other upstream may be asked once that has gone out. */
    boolean answered();

    /** Whether what was seen is a whole answer: a stream that ends before has broken off. */
    boolean finished();

    /** What a finished stream still lacks for its client; empty: nothing. */
    byte[] closing();

    /** What was told of tokens so far; null: nothing. */
    @Nullable Usage usage();

    /** At which service tier it was made, in the provider's word; null: not told. */
    @Nullable String serviceTier();

    /** Why the answer ended, in the dialect's own word; null: not told so far. */
    @Nullable String finish();

    /** Which model answered, as it says; null: not told. */
    @Nullable String servedModel();
}
