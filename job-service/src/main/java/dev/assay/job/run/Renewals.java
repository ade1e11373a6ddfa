// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.assay.contracts.RunId;
import dev.assay.contracts.VersionId;
import dev.assay.job.run.RunCommand.Renew;
import dev.assay.job.run.RunState.Held;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Renews all that workers hold: what is told at the same moment in one transaction of two statements, whosever it is. The connections are its
 * own, so that leases do not run out because everything else is busy: what is lost then comes back as more work. Their commits do not wait
 * for the disk: what a crash undoes is told again with the next renewal.
 */
@Component
public class Renewals implements DisposableBean {

    private static final int CONNECTIONS = 2;

    /** Whoever waits for a lock that is not let go gives way to the renewals of others; one who stops dead does not hold locks himself. */
    private static final String OPTIONS = "-c synchronous_commit=off -c lock_timeout=2s -c idle_in_transaction_session_timeout=5s";

    /** With as long as a lock is waited for afterwards, alone, it is what a worker waits for its answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final HikariDataSource pool;
    private final TransactionTemplate transactions;
    private final JdbcClient jdbc;
    private final LeaseRows rows;
    private final RunRules rules;
    private final Together<SignOf, Heard> together = new Together<>(this::round, PATIENCE);

    Renewals(DataSourceProperties database, RunSettings settings) {
        var config = new HikariConfig();
        config.setPoolName("renewals");
        config.setJdbcUrl(database.determineUrl());
        config.setUsername(database.determineUsername());
        config.setPassword(database.determinePassword());
        config.addDataSourceProperty("options", OPTIONS);
        config.setConnectionTimeout(3000);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        this.pool = new HikariDataSource(config);
        this.transactions = new TransactionTemplate(new JdbcTransactionManager(pool));
        this.jdbc = JdbcClient.create(pool);
        this.rows = new LeaseRows(jdbc);
        this.rules = settings.rules();
    }

    /**
     * A worker's sign of one attempt.
     *
     * @param version which version of its environment it has found, if its lease named none
     */
    public record Sign(RunId run, int attempt, RunState.Phase phase, @Nullable VersionId version, @Nullable VersionId verifierVersion) {}

    /** What became of leases; what is in neither list was renewed, and that is all. */
    public record Renewed(List<RunId> lost, List<RunId> cancelling) {}

    /** A sign, and whose it is. */
    private record SignOf(String worker, Sign sign) {}

    private enum Heard {
        RENEWED,
        CANCELLING,
        LOST
    }

    /** A run that is told of twice, as of two attempts, is lost if it is by either. */
    public Renewed renew(String worker, List<Sign> signs) {
        var heard = new HashMap<RunId, Heard>();
        var left = new ArrayList<>(signs.stream().map(sign -> new SignOf(worker, sign)).toList());
        var alone = new ArrayList<SignOf>();
        while (!left.isEmpty()) {
            var part = new LinkedHashMap<RunId, SignOf>();
            left.removeIf(told -> part.size() < Together.MOST && part.putIfAbsent(told.sign().run(), told) == null);
            var answers = together.ask(part);
            answers.forEach((run, answer) -> heard.merge(run, answer, Renewals::either));
            part.keySet().removeAll(answers.keySet());
            alone.addAll(part.values());
        }
        if (!alone.isEmpty()) {
            hear(alone, rows::lockHeld).forEach((run, answer) -> heard.merge(run, answer, Renewals::either));
        }
        signs.forEach(sign -> heard.putIfAbsent(sign.run(), Heard.LOST)); // nobody holds what is not there
        return new Renewed(those(Heard.LOST, heard), those(Heard.CANCELLING, heard));
    }

    private static Heard either(Heard one, Heard other) {
        return one == Heard.LOST ? one : other;
    }

    private static List<RunId> those(Heard which, Map<RunId, Heard> heard) {
        return heard.keySet().stream().filter(run -> heard.get(run) == which).toList();
    }

    /** Says nothing of those that somebody else is just changing: they are waited for alone. */
    private Map<RunId, Heard> round(Map<RunId, SignOf> told) {
        return hear(told.values(), rows::lockUnlessBusy);
    }

    /** @param lock locks those of them that are there */
    private Map<RunId, Heard> hear(Collection<SignOf> told, Function<Collection<RunId>, List<Run>> lock) {
        return Objects.requireNonNull(transactions.execute(status -> {
            var found = new HashMap<RunId, Run>();
            lock.apply(told.stream().map(one -> one.sign().run()).toList()).forEach(run -> found.put(run.id(), run));
            var heard = new HashMap<RunId, Heard>();
            var steps = new LinkedHashMap<Run, Optional<Transition>>();
            for (var one : told) {
                if (found.get(one.sign().run()) instanceof Run run) {
                    heard.merge(run.id(), decide(one, run, steps), Renewals::either);
                }
            }
            if (!steps.isEmpty()) {
                rows.write(steps);
            }
            return heard;
        }));
    }

    private Heard decide(SignOf told, Run run, Map<Run, Optional<Transition>> steps) {
        var sign = told.sign();
        var command = new Renew(told.worker(), sign.attempt(), sign.phase());
        var decision = rules.decide(run.state(), command, run.readAt());
        if (decision.answer() == Decision.Answer.REFUSED) {
            return Heard.LOST;
        }
        var held = RunChanges.moved(run, run.facts(), decision.next());
        steps.put(held, Optional.ofNullable(Transition.of(run.state(), command, held.state())));
        pin(sign.run(), "version_id", sign.version());
        pin(sign.run(), "verifier_version_id", sign.verifierVersion());
        return ((Held) held.state()).cancelling() ? Heard.CANCELLING : Heard.RENEWED;
    }

    /** Which version the first attempt has found that was told none: it is that of all others. */
    private void pin(RunId run, String column, @Nullable VersionId version) {
        if (version != null) {
            jdbc.sql("update run_spec set %1$s = :version where run_id = :run and %1$s is null".formatted(column))
                    .param("version", version.value())
                    .param("run", run.value())
                    .update();
        }
    }

    @Override
    public void destroy() {
        pool.close();
    }
}
