// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

/** OpenAI's Codex CLI, which calls its run a failure after any refusal, also where asking again succeeds: its calls wait here instead. */
public final class CodexCli {

    private CodexCli() {}

    public static boolean asks(Exchange call) {
        return call.request().first("originator").filter(name -> name.startsWith("codex")).isPresent();
    }
}
