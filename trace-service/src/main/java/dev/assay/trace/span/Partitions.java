// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.span;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The span table's daily partitions: made when a day is first needed, and those of the days that follow along with it. Old ones go when
 * nothing is left in them.
 */
@Component
public class Partitions {

    /** Any number, the same in every process: whoever makes a partition holds this lock. */
    private static final long LOCK = 7_300_004;

    private static final int AHEAD = 3;

    /** Of a day that is over everywhere, and whose spans have come, but for stragglers. */
    private static final int OVER = 2;

    /** Where much was deleted and nothing cleaned up yet, even to see that it is empty takes long. */
    private static final String PATIENCE = "set local lock_timeout = '1s'; set local statement_timeout = '1s'";

    private static final Logger log = LoggerFactory.getLogger(Partitions.class);

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final Set<LocalDate> made = ConcurrentHashMap.newKeySet();

    Partitions(JdbcClient jdbc, TransactionTemplate transactions, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    void ensure(LocalDate day) {
        if (made.contains(day)) {
            return;
        }
        transactions.executeWithoutResult(status -> {
            jdbc.sql("select pg_advisory_xact_lock(:lock)").param("lock", LOCK).query((row, n) -> "").single();
            day.datesUntil(day.plusDays(AHEAD + 1)).filter(this::isMissing).forEach(this::make);
        });
        made.add(day);
    }

    /** What was made may have been dropped since: old days are. */
    void forget() {
        made.clear();
    }

    /** Those of days long past in which nothing is left; whoever writes waits for a moment. One that is in use goes another time. */
    public void dropEmpty() {
        var days = jdbc.sql("""
                select to_date(right(child.relname, 8), 'YYYYMMDD') from pg_inherits
                join pg_class child on child.oid = inhrelid join pg_class parent on parent.oid = inhparent
                where parent.relname = 'span' and parent.relnamespace = current_schema()::regnamespace""")
                .query(LocalDate.class)
                .list();
        var over = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).minusDays(OVER);
        days.stream().filter(day -> day.isBefore(over) && isEmpty(day)).forEach(this::dropIfEmpty);
    }

    private boolean isEmpty(LocalDate day) {
        return jdbc.sql("select not exists (select from %s)".formatted(name(day))).query(Boolean.class).single();
    }

    private void dropIfEmpty(LocalDate day) {
        try {
            transactions.executeWithoutResult(status -> {
                jdbc.sql(PATIENCE).update();
                jdbc.sql("lock table span in access exclusive mode").update();
                if (isEmpty(day)) {
                    jdbc.sql("drop table " + name(day)).update();
                    made.remove(day);
                }
            });
        } catch (DataAccessException | TransactionException e) {
            log.info("The partition of {} is in use: {}", day, e.toString());
        }
    }

    private boolean isMissing(LocalDate day) {
        return jdbc.sql("select to_regclass(:name) is null").param("name", name(day)).query(Boolean.class).single();
    }

    /** A table of its own first: to make it as a partition would keep everybody from the span table meanwhile. */
    private void make(LocalDate day) {
        jdbc.sql("create table %s (like span including all)".formatted(name(day))).update();
        jdbc.sql("alter table span attach partition %s for values from ('%s') to ('%s')".formatted(name(day), day, day.plusDays(1))).update();
    }

    private static String name(LocalDate day) {
        return "span_" + DateTimeFormatter.BASIC_ISO_DATE.format(day);
    }
}
