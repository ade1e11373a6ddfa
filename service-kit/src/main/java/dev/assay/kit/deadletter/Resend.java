// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.deadletter;

import java.util.function.Consumer;

/** A service's bean that can put a queue's dead letters on their way once more. Without one for its queue a letter stays where it is. */
public interface Resend {

    /** The queue whose letters it takes. */
    String queue();

    /**
     * Sends the letter again; it has left when this returns, and is no dead letter any more. What comes of it is idempotent, for it may be
     * sent twice. Called within the transaction that removes the letter, which an exception keeps.
     */
    void send(DeadLetter letter);

    /** Hands a queue's letters to whoever takes them. */
    static Resend of(String queue, Consumer<DeadLetter> taker) {
        return new Resend() {
            @Override
            public String queue() {
                return queue;
            }

            @Override
            public void send(DeadLetter letter) {
                taker.accept(letter);
            }
        };
    }
}
