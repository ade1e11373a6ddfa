// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.qa;

import dev.assay.contracts.RunId;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What is looked at without anybody asking: a run that has ended is looked through for signs of a hack, which costs no model call. */
@Component
public class AutomaticChecks {

    /** The last spans arrive after a run's end is told. */
    private static final Duration LATER = Duration.ofSeconds(3);

    private final JdbcClient jdbc;
    private final Clock clock;

    AutomaticChecks(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Queues what is not queued or done of their latest ends. Told twice, it is done once; part of the transaction that put them on record. */
    public void queue(Collection<RunId> runs) {
        if (runs.isEmpty()) {
            return;
        }
        var now = clock.instant();
        jdbc.sql("""
                        insert into qa_result (id, team, check_key, level, subject, revision, status, due, created_at)
                        select gen_random_uuid(), team, :check, :level, run, revision, 'queued', :due, :now from grade
                        where run in (:runs) and status <> 'cancelled' and not exists (
                            select 1 from qa_result as known
                            where known.team = grade.team and known.subject = grade.run and known.check_key = :check
                                and known.revision >= grade.revision)
                        order by run
                        on conflict (team, check_key, subject, task_version) where due is not null
                        do update set revision = excluded.revision, status = 'queued', due = excluded.due""")
                .param("runs", runs.stream().map(RunId::value).toList())
                .param("check", QaCheck.HACK_SIGNS.key())
                .param("level", QaCheck.HACK_SIGNS.level.word())
                .param("due", Timestamp.from(now.plus(LATER)))
                .param("now", Timestamp.from(now))
                .update();
    }
}
