// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.kit.web.TimeLeft;
import dev.assay.testsupport.TestPlatform;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** What the database does for a request ends with the request's deadline. */
class StatementsInTimeTests {

    private static final String SLOW = "select count(*) from pg_sleep(50)";

    private final JdbcTemplate template =
            new StatementsInTime(new DriverManagerDataSource(TestPlatform.databaseUrl(), "postgres", "postgres"));
    private final JdbcClient jdbc = JdbcClient.create(template);

    @AfterEach
    void noRequest() {
        RequestContextHolder.resetRequestAttributes();
    }

    @Test
    void aStatementIsCancelledAtTheDeadlineAndNoneIsBegunAfterIt() {
        waitedFor(Duration.ofMillis(300));
        assertThatThrownBy(() -> jdbc.sql(SLOW).query(Long.class).single()).isInstanceOf(QueryTimeoutException.class);
        await().pollInSameThread().until(TimeLeft::isOver);
        assertThatThrownBy(() -> jdbc.sql("select 1").query(Long.class).single()).isInstanceOf(QueryTimeoutException.class);
        assertThatThrownBy(() -> template.batchUpdate("select 1", "select 2")).isInstanceOf(QueryTimeoutException.class);
        RequestContextHolder.resetRequestAttributes();
        assertThat(jdbc.sql("select count(*) from pg_stat_activity where query = ? and state = 'active'").param(SLOW).query(Long.class).single())
                .isZero();
    }

    @Test
    void aTransactionThatHasLessTimeKeepsIt() {
        waitedFor(Duration.ofMinutes(1));
        var transaction = new TransactionTemplate(new DataSourceTransactionManager(Objects.requireNonNull(template.getDataSource())));
        transaction.setTimeout(1);
        assertThatThrownBy(() -> transaction.execute(status -> jdbc.sql(SLOW).query(Long.class).single()))
                .isInstanceOf(QueryTimeoutException.class);
    }

    @Test
    void whoeverSaysNothingOrHasTimeIsServed() {
        assertThat(jdbc.sql("select 1").query(Long.class).single()).isEqualTo(1);
        waitedFor(Duration.ofMinutes(1));
        assertThat(jdbc.sql("select 1").query(Long.class).single()).isEqualTo(1);
    }

    private static void waitedFor(Duration time) {
        var request = new MockHttpServletRequest();
        TimeLeft.set(request, time);
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
    }
}
