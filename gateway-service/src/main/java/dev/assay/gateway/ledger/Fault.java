// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataIntegrityViolationException;

/** Whose fault it is that calls are not booked: the database's, which is waited for, or a row's, which is set aside. */
final class Fault {

    /** A row is suspected after so many failures, where the database does not say whose fault they are. */
    static final int SUSPECTED_AFTER = 3;

    /** Of what passes, mostly: connections, transactions in each other's way, too little of something, an operator. */
    private static final Set<String> PASSING = Set.of("08", "40", "53", "55", "57");

    private static final int PASSING_AFTER = 30;

    private Fault() {}

    /**
     * @param failures of the same rows, one after the other
     * @param patience how many that do not look like passing are taken for the database's
     * @param booksOthers whether it takes another row now
     */
    static boolean isOfRows(RuntimeException e, int failures, int patience, BooleanSupplier booksOthers) {
        return e instanceof DataIntegrityViolationException
                || failures >= (isPassing(e) ? PASSING_AFTER : patience) && booksOthers.getAsBoolean();
    }

    private static boolean isPassing(RuntimeException e) {
        return !(NestedExceptionUtils.getMostSpecificCause(e) instanceof SQLException sql)
                || sql.getSQLState() == null
                || sql.getSQLState().length() < 2
                || PASSING.contains(sql.getSQLState().substring(0, 2));
    }

    /** A call that nothing can be wrong with. */
    static CallRow harmless() {
        var nobody = new UUID(0, 0);
        return new CallRow(
                UUID.randomUUID(), Instant.EPOCH, nobody, null, null, null, null, null, null, "chat", "generate", "", "", null, null, 0,
                "lost", null, 0, null, false, null, 0, 0, 0, null, null, null, null, null, null, false, null, null, null, null, null,
                null, nobody, List.of());
    }
}
