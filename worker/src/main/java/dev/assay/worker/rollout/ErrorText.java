// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.sdk.agents.AgentFailedException;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.protocol.ControlLostException;
import dev.assay.sdk.protocol.RpcException;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.worker.sandbox.NotRunnableException;
import java.io.EOFException;

/** What went wrong, in one line for people. */
final class ErrorText {

    private static final int LONGEST = 4000;

    private ErrorText() {}

    static String of(Throwable failure) {
        var message = failure.getMessage() == null ? "" : failure.getMessage();
        var text = switch (failure) {
            case RpcException told -> message;
            case ControlLostException told -> message;
            case SandboxException told -> message;
            case NotRunnableException told -> message;
            case NoModelAnswerException told -> message;
            // as the published client's own agents of this kind word it
            case AgentFailedException told -> "RuntimeError: " + message;
            case EOFException gone -> "EOFError: " + message;
            default -> failure.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message);
        };
        return cut(text);
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + " …" : text;
    }
}
