// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.RunId;
import dev.assay.contracts.SessionId;
import dev.assay.job.environment.DeployedEnvironments;
import dev.assay.job.environment.DeployedEnvironments.Found;
import dev.assay.job.run.RunHistory;
import dev.assay.job.run.RunHistory.RunTransitions;
import dev.assay.job.run.Told;
import dev.assay.job.run.Waiting;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits(Role.MEMBER)
@RequestMapping("/runtime/sessions")
@Tag(name = "Runtime sessions")
class SessionController {

    private final Sessions sessions;
    private final DeployedEnvironments environments;
    private final RunHistory history;

    SessionController(Sessions sessions, DeployedEnvironments environments, RunHistory history) {
        this.sessions = sessions;
        this.environments = environments;
        this.history = history;
    }

    /** @param trace_id the run that the sandbox is for, if there is one */
    @Schema(example = "{\"environment\": \"letter-count\"}")
    record OpenSession(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = 1000, pattern = "\\S") @Nullable String environment,
            @Nullable RunId trace_id) {}

    /**
     * A session as its team sees it.
     *
     * @param cause why it ended: deleted (its team ended it), idle (its last tunnel was gone for too long), unused (nobody ever came, or no
     *     worker had room for it), lifetime (it was open for as long as a session may be), environment (that could not be started, or
     *     ended), worker (that was stopped, failed or was lost); null: it has not
     * @param error the same in a sentence; null also if its team ended it
     */
    record SessionView(
            SessionId id,
            String environment,
            @Nullable RunId trace_id,
            String state,
            @Nullable String cause,
            @Nullable String error,
            @Schema(description = "Of a queued one: why no worker has it yet, as it is at this moment.") @Nullable Waiting waiting_because,
            Instant created_at,
            @Nullable Instant ended_at) {

        static SessionView of(Session session, @Nullable Waiting waiting) {
            var end = session.state().end();
            return new SessionView(
                    session.id(),
                    session.environment(),
                    session.run(),
                    session.state().text(),
                    end == null ? null : end.cause().text(),
                    end == null ? null : end.error(),
                    waiting,
                    session.state().opened(),
                    end == null ? null : end.at());
        }
    }

    @Operation(
            summary = "Open a sandbox of an environment for an agent that runs elsewhere",
            description = "Reach it through WebSockets at /runtime/tunnels/{id}, one for each connection: binary messages are the bytes of "
                    + "a connection to the environment's control channel. Until the sandbox serves they are refused with 503. "
                    + "What no worker could hold is refused with the reason.")
    @PostMapping
    @Refuses(status = 404, when = "There is no such environment that was built.")
    @ResponseStatus(HttpStatus.CREATED)
    SessionView open(@RequestBody OpenSession request, Caller caller) {
        var environment = Told.requiredName("environment", request.environment());
        var version = switch (environments.find(caller.team(), environment)) {
            case Found.Deployed(var found) -> found;
            case Found.Unknown() -> null;
            case Found.Nothing() ->
                throw Problem.notFound("There is no environment '" + environment + "' that was built in your team: deploy it first.");
        };
        var id = sessions.open(caller, environment, version, request.trace_id());
        return view(sessions.get(id, caller.team()));
    }

    private SessionView view(Session session) {
        return SessionView.of(session, sessions.waits(session).orElse(null));
    }

    @Operation(summary = "Where a session stands: queued, starting, ready or ended, and why it ended")
    @Admits(Role.VIEWER)
    @GetMapping("/{id}")
    SessionView get(@PathVariable SessionId id, Caller caller) {
        return view(sessions.get(id, caller.team()));
    }

    @Operation(
            summary = "Read how a session came to stand where it stands",
            description = "As a run's steps are told: who opened, took, lost or ended it, when and why. It is `initializing` while it starts, `running` "
                    + "once it is ready, `cancelling` when it has ended and its sandbox is not gone yet, and `cancelled` or `error` then. "
                    + "`cancel` is its team's wish; where a time was over (`out_of_time`) the detail says which.")
    @Admits(Role.VIEWER)
    @GetMapping("/{id}/transitions")
    RunTransitions transitions(
            @PathVariable SessionId id,
            @Parameter(description = "A page's `next`.", schema = @Schema(type = "integer", format = "int64", minimum = "0"))
                    @RequestParam(required = false)
                    @Nullable Long after,
            Caller caller) {
        return history.of(sessions.get(id, caller.team()).id(), after);
    }

    @Operation(summary = "End a session", description = "Its sandbox is gone a few seconds later. Ending it again is harmless.")
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void end(@PathVariable SessionId id, Caller caller) {
        sessions.end(id, caller);
    }
}
