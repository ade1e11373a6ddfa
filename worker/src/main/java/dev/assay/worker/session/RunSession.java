// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.session;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.Failure.Phase;
import dev.assay.contracts.SessionId;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.lease.LeaseKeeper;
import dev.assay.worker.lease.LeaseLostException;
import dev.assay.worker.lease.SessionLeases;
import dev.assay.worker.lease.StopCause;
import dev.assay.worker.lease.TellOnce;
import dev.assay.worker.lease.Work;
import dev.assay.worker.sandbox.Environments;
import dev.assay.worker.sandbox.NotRunnableException;
import dev.assay.worker.sandbox.RuntimeChooser;
import dev.assay.worker.sandbox.Sandboxes;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Launches the sandbox of a session and holds it for as long as job-service says that somebody needs it. */
@Component
class RunSession implements Work<SessionLease> {

    private static final Logger LOG = LoggerFactory.getLogger(RunSession.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private final SessionLeases leases;
    private final Environments environments;
    private final Sandboxes sandboxes;
    private final RuntimeChooser runtimes;
    private final WorkerSettings worker;
    private final SessionSettings settings;
    private final Environment spring;
    private final Map<SessionId, OpenSession> open = new ConcurrentHashMap<>();
    private volatile boolean ending;

    RunSession(
            SessionLeases leases, Environments environments, Sandboxes sandboxes, RuntimeChooser runtimes, WorkerSettings worker,
            SessionSettings settings, Environment spring, MeterRegistry meters) {
        this.leases = leases;
        this.environments = environments;
        this.sandboxes = sandboxes;
        this.runtimes = runtimes;
        this.worker = worker;
        this.settings = settings;
        this.spring = spring;
        meters.gaugeMapSize("assay.worker.sessions.open", List.of(), open);
    }

    Optional<OpenSession> find(SessionId session) {
        return Optional.ofNullable(open.get(session));
    }

    @Override
    public String name() {
        return "session";
    }

    @Override
    public List<SessionLease> ask(UUID ask, int free) {
        return leases.next(ask, free, runtimes.names());
    }

    @Override
    public void withdraw(UUID ask) {
        leases.withdraw(ask);
    }

    @Override
    public void run(SessionLease lease) {
        var session = new OpenSession(Thread.currentThread());
        open.put(lease.session(), session);
        if (ending) {
            session.stop(StopCause.SHUTDOWN);
        }
        var ttl = Duration.ofMillis(lease.ttlMillis());
        try (var keeper = LeaseKeeper.start(
                () -> leases.renew(lease, session.tunnels()), ttl, worker.renewEvery(), session::stop)) {
            var failure = hold(lease, session, ttl);
            session.close();
            TellOnce.until(ttl, () -> leases.end(lease, failure));
            LOG.info("session {} ended by itself: {}", lease.session(), failure.detail());
        } catch (LeaseLostException e) {
            LOG.info("session {} is not needed here any more", lease.session());
        } catch (InterruptedException e) {
            session.close();
            endWithoutAWord(lease, session.cause());
        } finally {
            session.close();
            open.remove(lease.session(), session);
        }
    }

    private void endWithoutAWord(SessionLease lease, @Nullable StopCause cause) {
        if (cause == StopCause.LOST) {
            LOG.info("session {} is not needed here any more", lease.session());
        } else {
            giveBack(lease, cause == null ? "it was interrupted, nobody knows by whom" : null);
        }
    }

    @Override
    public void giveBack(SessionLease lease, @Nullable String failure) {
        TellOnce.giveBack("session " + lease.session(), () -> leases.release(lease, failure));
    }

    /** Returns why the sandbox is gone, if it went by itself. */
    private Failure hold(SessionLease lease, OpenSession session, Duration ttl) throws InterruptedException, LeaseLostException {
        Sandbox sandbox;
        try {
            var version = environments.resolve(lease.team(), lease.environment(), lease.version());
            var label = new SandboxLabel("session-" + lease.session(), lease.attempt());
            sandbox = sandboxes.launch(
                    version, null, label, null, Duration.ofMillis(lease.longestMillis()), Objects.requireNonNullElse(lease.key(), ""), Sandboxes.TeamsCredentials.NONE);
        } catch (NotRunnableException | SandboxException | RuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return new Failure(kind(e), Phase.PROVISIONING, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        }
        session.launched(sandbox);
        TellOnce.until(ttl, () -> leases.ready(lease, address()));
        while (sandbox.alive()) {
            Thread.sleep(LOOK_EVERY);
        }
        return new Failure(Kind.ENVIRONMENT, null, "The environment ended. " + sandbox.outputTail());
    }

    /** Whose failure it is that there is no sandbox. */
    private static Kind kind(Exception thrown) {
        return switch (thrown) {
            case NotRunnableException told -> told.kind();
            case SandboxException told -> told.isHosts() ? Kind.INFRASTRUCTURE : Kind.ENVIRONMENT;
            default -> Kind.INFRASTRUCTURE;
        };
    }

    @Override
    public void endAll() {
        ending = true;
        endHeld();
    }

    @Override
    public void endHeld() {
        open.values().forEach(session -> session.stop(StopCause.SHUTDOWN));
    }

    private String address() {
        var port = spring.getProperty("local.server.port", spring.getProperty("server.port", "7306"));
        return settings.address().isBlank() ? "http://127.0.0.1:" + port : settings.address();
    }
}
