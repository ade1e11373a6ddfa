// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.Failure.Phase;
import dev.assay.sdk.agents.AgentFailedException;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.protocol.ControlLostException;
import dev.assay.sdk.protocol.RpcException;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.worker.sandbox.NotRunnableException;
import java.io.EOFException;
import java.io.IOException;

/** What went wrong, whose failure that is, and in one line for people. */
final class Failures {

    private static final int LONGEST = 4000;

    private Failures() {}

    static Failure of(Phase phase, Throwable thrown) {
        return Failure.in(phase, kind(phase, thrown), text(thrown));
    }

    private static Kind kind(Phase phase, Throwable thrown) {
        return switch (thrown) {
            case NotRunnableException told -> told.kind();
            case SandboxException told -> told.isHosts() ? Kind.INFRASTRUCTURE : Kind.ENVIRONMENT;
            case NoModelAnswerException told -> told.isModelsOwn() ? Kind.MODEL : Kind.AGENT;
            case AgentFailedException told -> Kind.AGENT;
            case ControlLostException lost -> codeOf(phase); // while the agent is driven, it is the environment that has gone
            case IOException told when phase != Phase.AGENT_LOOP -> codeOf(phase);
            case Exception thrownByHarness when phase == Phase.AGENT_LOOP -> Kind.AGENT;
            default -> Kind.INFRASTRUCTURE;
        };
    }

    static Failure ofGrading(String detail) {
        return Failure.in(Phase.GRADING, Kind.GRADER, detail);
    }

    /** Of what has not ended in time, that it was the platform is seen only by that no environment was found yet. */
    static Failure timedOut(Phase phase, boolean found, long seconds) {
        var kind = phase == Phase.AGENT_LOOP ? Kind.AGENT : found ? codeOf(phase) : Kind.INFRASTRUCTURE;
        return new Failure(kind, phase, "rollout timed out after " + seconds + "s during " + phase.label());
    }

    /** Of the time for the whole rollout nobody can tell who took it: the queue, another attempt. But an agent that is at work is ended as such. */
    static Failure rolloutOver(Phase phase) {
        var kind = phase == Phase.AGENT_LOOP ? Kind.AGENT : Kind.INFRASTRUCTURE;
        return new Failure(kind, phase, "rollout timed out during " + phase.label() + ": the time for the whole rollout was over");
    }

    /** Whose code a sandbox runs then. */
    private static Kind codeOf(Phase phase) {
        return switch (phase) {
            case GRADING, VERIFYING -> Kind.GRADER;
            case PROVISIONING, STARTING_TASK, AGENT_LOOP, ACTOR_CLEANUP, PROVISIONING_VERIFIER, CLEANUP, REPORT -> Kind.ENVIRONMENT;
        };
    }

    static String text(Throwable thrown) {
        var message = thrown.getMessage() == null ? "" : thrown.getMessage();
        var text = switch (thrown) {
            case RpcException told -> message;
            case ControlLostException told -> message;
            case SandboxException told -> message;
            case NotRunnableException told -> message;
            case NoModelAnswerException told -> message;
            // as the published client's own agents of this kind word it
            case AgentFailedException told -> "RuntimeError: " + message;
            case EOFException gone -> "EOFError: " + message;
            default -> thrown.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message);
        };
        return text.length() > LONGEST ? text.substring(0, LONGEST) + " …" : text;
    }
}
