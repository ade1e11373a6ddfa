// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.span;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The span table's daily partitions: made when a day is first needed, and the next day's along with it. */
@Component
class Partitions {

    /** Any number, the same in every process: whoever makes a partition holds this lock. */
    private static final long LOCK = 7_300_004;

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
            make(day);
            make(day.plusDays(1));
        });
        made.add(day);
    }

    private void make(LocalDate day) {
        jdbc.sql("create table if not exists span_%s partition of span for values from ('%s') to ('%s')"
                        .formatted(DateTimeFormatter.BASIC_ISO_DATE.format(day), day, day.plusDays(1)))
                .update();
    }
}
