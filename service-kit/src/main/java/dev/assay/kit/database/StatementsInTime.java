// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.database;

import dev.assay.kit.web.TimeLeft;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Ends what the database does for a request that nobody waits for any more: its statements are cancelled within the second after its
 * deadline, its transaction is rolled back, and none is begun later.
 */
final class StatementsInTime extends JdbcTemplate {

    StatementsInTime(DataSource dataSource) {
        super(dataSource);
    }

    @Override
    protected void applyStatementSettings(Statement statement) throws SQLException {
        super.applyStatementSettings(statement);
        var left = TimeLeft.ofThisRequest();
        if (left.isPresent()) {
            if (!left.get().isPositive()) {
                throw new SQLTimeoutException("the deadline of the request is over");
            }
            var seconds = (int) Math.ceilDiv(left.get().toNanos(), Duration.ofSeconds(1).toNanos());
            var given = statement.getQueryTimeout(); // its transaction's; 0: none
            statement.setQueryTimeout(given == 0 ? seconds : Math.min(given, seconds));
        }
    }
}
