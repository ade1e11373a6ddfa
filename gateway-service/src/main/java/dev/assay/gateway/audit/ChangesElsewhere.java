// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.audit;

import dev.assay.gateway.audit.Audit.Entry;
import dev.assay.kit.identity.Caller;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Takes down what was changed in other services by requests that went through here. The change has happened by then, so nobody waits for
 * its entry: it is written within a second or so, once the database can be reached. What finds no room until then, or cannot be written at
 * the gateway's end, stands in the log.
 */
@Component
public class ChangesElsewhere {

    private static final Logger log = LoggerFactory.getLogger(ChangesElsewhere.class);
    private static final int MOST_WAITING = 10_000;

    /** Classes of SQLState that say that what was to be written cannot be: a value, a constraint, a limit of the database. */
    private static final Set<String> ITS_OWN_FAULT = Set.of("22", "23", "54");

    private final Audit audit;
    private final Clock clock;
    private final MeterRegistry meters;
    private final LinkedBlockingQueue<Entry> waiting = new LinkedBlockingQueue<>(MOST_WAITING);

    ChangesElsewhere(Audit audit, Clock clock, MeterRegistry meters) {
        this.audit = audit;
        this.clock = clock;
        this.meters = meters;
        meters.counter("assay.audit.lost"); // there from the start: a counter that comes with its first count never rises
    }

    /**
     * @param action the kind of thing, a dot, and what was asked to be done
     * @param path as it was asked for
     * @param status that was answered; null: nothing was, so nobody knows whether anything was changed
     */
    public void note(
            HttpServletRequest request, Caller caller, String action, String kind, String id, String path, @Nullable Integer status) {
        var what = new LinkedHashMap<String, @Nullable Object>();
        what.put("method", request.getMethod());
        what.put("path", path);
        what.put("status", status);
        var entry = new Entry(clock.instant(), Audit.teamOf(caller), caller, Trail.on(request), action, kind, id, null, what);
        if (!waiting.offer(entry)) {
            lost(entry, "too many wait for the database");
        }
    }

    @Scheduled(fixedDelayString = "PT1S")
    synchronized void write() {
        for (Entry next; (next = waiting.peek()) != null; waiting.poll()) {
            try {
                audit.add(next);
            } catch (DataAccessException | TransactionException e) {
                if (isItsOwnFault(e)) {
                    lost(next, e.toString()); // it would be no better the next time, and others wait behind it
                    continue;
                }
                log.warn("{} entries of the audit wait for the database: {}", waiting.size(), e.toString());
                return;
            }
        }
    }

    @PreDestroy
    void writeTheLast() {
        write();
        for (Entry left; (left = waiting.poll()) != null; ) {
            lost(left, "the gateway stops");
        }
    }

    private static boolean isItsOwnFault(RuntimeException failure) {
        return NestedExceptionUtils.getMostSpecificCause(failure) instanceof SQLException sql && sql.getSQLState() != null
                && sql.getSQLState().length() == 5 && ITS_OWN_FAULT.contains(sql.getSQLState().substring(0, 2));
    }

    private void lost(Entry entry, String why) {
        meters.counter("assay.audit.lost").increment();
        log.error("not in the audit ({}): {}", why, entry);
    }
}
