// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A replica's turn at a service's outbox: one relays, the others wait for it to end. The turn is a lock of a database session of its own,
 * by which all reads and deletes go, too: whoever loses the session has lost the turn, and can remove no row any more. A process that is
 * killed loses it at once, a machine that vanishes within seconds.
 */
final class OutboxTurn implements AutoCloseable {

    private static final long LOOK_AGAIN_MILLIS = 250;

    private final Connection connection;
    private final JdbcClient jdbc;

    private OutboxTurn(Connection connection) {
        this.connection = connection;
        this.jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
    }

    /** How a database session is opened that is nobody else's. */
    interface Sessions {
        Connection open() throws SQLException;
    }

    record Row(long id, String topic, String key, String payload) {}

    /** Waits until it is this replica's turn. */
    static OutboxTurn take(Sessions sessions) throws SQLException, InterruptedException {
        var connection = sessions.open();
        try {
            var turn = new OutboxTurn(connection);
            // or else the server would hold a vanished machine's lock for hours
            turn.jdbc.sql("""
                    select set_config('tcp_keepalives_idle', '3', false), set_config('tcp_keepalives_interval', '1', false),
                        set_config('tcp_keepalives_count', '5', false), set_config('tcp_user_timeout', '8000', false)""")
                    .query()
                    .listOfRows();
            while (!turn.isMine()) {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            }
            return turn;
        } catch (InterruptedException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** A query that waited would keep the database from cleaning up meanwhile. */
    private boolean isMine() {
        return jdbc.sql("select pg_try_advisory_lock(hashtext('outbox'), hashtext(current_schema()))").query(Boolean.class).single();
    }

    /** The oldest rows: at most so many, and no more than so many bytes unless a single one has more. */
    List<Row> oldest(int rows, long bytes) {
        return jdbc.sql("""
                with head as (select id, octet_length(payload) as size from outbox order by id limit :rows),
                    fitting as (select id, sum(size) over (order by id) - size as before from head)
                select id, topic, key, payload from outbox join fitting using (id)
                where before = 0 or before + octet_length(payload) <= :bytes order by id""")
                .param("rows", rows)
                .param("bytes", bytes)
                .query(Row.class)
                .list();
    }

    void remove(List<Row> rows) {
        if (!rows.isEmpty()) {
            jdbc.sql("delete from outbox where id in (:ids)").param("ids", rows.stream().map(Row::id).toList()).update();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
