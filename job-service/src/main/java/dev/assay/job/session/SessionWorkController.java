// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.internal.AskWithdrawal;
import dev.assay.contracts.internal.LeaseRelease;
import dev.assay.contracts.internal.LeaseRenewed;
import dev.assay.contracts.internal.LeaseRequest;
import dev.assay.contracts.internal.Leased;
import dev.assay.contracts.internal.SessionEnd;
import dev.assay.contracts.internal.SessionKnock;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.contracts.internal.SessionPlace;
import dev.assay.contracts.internal.SessionReady;
import dev.assay.contracts.internal.SessionRenewal;
import dev.assay.job.run.Questions;
import dev.assay.job.run.RunSettings;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.Told;
import dev.assay.job.session.SessionCommand.Fail;
import dev.assay.job.session.SessionCommand.Ready;
import dev.assay.job.session.SessionCommand.Release;
import dev.assay.job.session.SessionCommand.Renew;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.signal.Dispatcher;
import dev.assay.kit.signal.WorkSignal;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** For workers, which hold the sandboxes, and for the gateway, which leads to them. */
@RestController
@Admits(Role.WORKER)
@RequestMapping("/internal/sessions")
class SessionWorkController {

    private final Sessions sessions;
    private final Dispatcher<Session> dispatcher;
    private final WorkSignal signal;
    private final RunSettings.Lease settings;

    SessionWorkController(
            Sessions sessions, Dispatcher<Session> dispatcher, @Qualifier("sessionSignal") WorkSignal signal, RunSettings settings) {
        this.sessions = sessions;
        this.dispatcher = dispatcher;
        this.signal = signal;
        this.settings = settings.lease();
    }

    @PostMapping("/leases")
    Leased<SessionLease> lease(Caller caller, @RequestBody LeaseRequest request) throws InterruptedException {
        var given = dispatcher.ask(Questions.of(caller.requireWorker(), request), settings.waitOf(request.waitMillis()));
        // a session's key is made here: whoever waits for the next round need not wait for that
        return new Leased<>(given.stream().map(sessions::lease).toList());
    }

    @PostMapping("/leases/withdraw")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(Caller caller, @RequestBody AskWithdrawal withdrawal) {
        sessions.withdraw(caller.requireWorker(), Told.required("ask", withdrawal.ask()));
    }

    @PostMapping("/{session}/renew")
    LeaseRenewed renew(Caller caller, @PathVariable SessionId session, @RequestBody SessionRenewal renewal) {
        return sessions.renew(session, new Renew(caller.requireWorker(), renewal.attempt(), Math.max(0, renewal.tunnels())));
    }

    @PostMapping("/{session}/ready")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void ready(Caller caller, @PathVariable SessionId session, @RequestBody SessionReady ready) {
        var address = Told.requiredName("address", ready.address());
        sessions.hear(session, new Ready(caller.requireWorker(), ready.attempt(), address));
    }

    @PostMapping("/{session}/end")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void end(Caller caller, @PathVariable SessionId session, @RequestBody SessionEnd end) {
        var error = Told.required("error", Told.storable(end.error()));
        var kind = Objects.requireNonNullElse(end.kind(), Kind.ENVIRONMENT);
        sessions.hear(session, new Fail(caller.requireWorker(), end.attempt(), new Failure(kind, null, error)));
    }

    @PostMapping("/{session}/release")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void release(Caller caller, @PathVariable SessionId session, @RequestBody LeaseRelease release) {
        sessions.hear(session, new Release(caller.requireWorker(), release.attempt(), Told.storable(release.failure())));
    }

    @Admits(Role.SERVICE)
    @PostMapping("/{session}/knock")
    SessionPlace knock(@PathVariable SessionId session, @RequestBody SessionKnock knock) throws InterruptedException {
        var team = Told.required("team", knock.team());
        sessions.knock(session, team);
        var state = signal.until(
                        () -> sessions.get(session, team),
                        now -> now.state().end() != null || now.state().address() != null,
                        settings.waitOf(knock.waitMillis()))
                .state();
        if (state.end() != null) {
            return new SessionPlace(state.text(), null, null, state.end().error());
        }
        return state.lease() instanceof Held held
                ? new SessionPlace(state.text(), held.worker(), state.address(), null)
                : new SessionPlace(state.text(), null, null, null);
    }
}
