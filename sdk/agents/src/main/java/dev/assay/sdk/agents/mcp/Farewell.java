// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import java.time.Duration;

/** Last words to a server that may not listen any more, from a thread that may already have been told to end. */
final class Farewell {

    private Farewell() {}

    /** What is said. */
    interface Words {
        void say() throws McpException, InterruptedException;
    }

    static void within(Duration patience, Words words) {
        var saying = Thread.ofVirtual().name("mcp-farewell").start(() -> {
            try {
                words.say();
            } catch (McpException | InterruptedException e) {
                // nobody listens
            }
        });
        boolean interrupted = Thread.interrupted();
        try {
            saying.join(patience);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
