// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.protocol.ControlLostException;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RpcException;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.worker.sandbox.NotRunnableException;
import java.io.EOFException;
import org.springframework.web.client.HttpClientErrorException;
import tools.jackson.core.JacksonException;

/** What went wrong, in one line for people. */
final class ErrorText {

    private static final int LONGEST = 4000;

    private ErrorText() {}

    /** What a service said about what it refused. */
    static String ofRefusal(HttpClientErrorException refusal) {
        var body = refusal.getResponseBodyAsString();
        try {
            var detail = Json.MAPPER.readTree(body).path("detail").asString("");
            return refusal.getStatusCode().value() + (detail.isEmpty() ? "" : ": " + cut(detail));
        } catch (JacksonException noJson) {
            return String.valueOf(refusal.getStatusCode().value());
        }
    }

    static String of(Throwable failure) {
        var message = failure.getMessage() == null ? "" : failure.getMessage();
        var text = switch (failure) {
            case RpcException told -> message;
            case ControlLostException told -> message;
            case SandboxException told -> message;
            case NotRunnableException told -> message;
            case NoModelAnswerException told -> message;
            case EOFException gone -> "EOFError: " + message;
            default -> failure.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message);
        };
        return cut(text);
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + " …" : text;
    }
}
