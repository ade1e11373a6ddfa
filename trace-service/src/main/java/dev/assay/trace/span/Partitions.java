// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.span;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The span table's daily partitions: made when a day is first needed, and those of the days that follow along with it. */
@Component
class Partitions {

    /** Any number, the same in every process: whoever makes a partition holds this lock. */
    private static final long LOCK = 7_300_004;

    private static final int AHEAD = 3;

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Set<LocalDate> made = ConcurrentHashMap.newKeySet();

    Partitions(JdbcClient jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
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
