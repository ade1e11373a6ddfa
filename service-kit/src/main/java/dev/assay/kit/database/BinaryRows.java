// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.database;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.util.ByteBufferByteStreamWriter;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/** Writes rows in the binary format of COPY: column by column, in the order and with the types that the statement names. */
public final class BinaryRows {

    private static final String CONNECTION_FAILURE = "08006";

    private static final byte[] HEAD = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);
    private static final int NULL = -1;
    private static final byte JSONB = 1;

    private ByteBuffer bytes;

    /** @param size in bytes, about */
    public BinaryRows(int size) {
        bytes = ByteBuffer.allocate(HEAD.length + size).put(HEAD);
    }

    public BinaryRows row(int columns) {
        room(2).putShort((short) columns);
        return this;
    }

    public BinaryRows id(@Nullable UUID id) {
        if (id == null) {
            return none();
        }
        room(20).putInt(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return this;
    }

    public BinaryRows text(@Nullable String text) {
        if (text == null) {
            return none();
        }
        var octets = text.getBytes(StandardCharsets.UTF_8);
        room(4 + octets.length).putInt(octets.length).put(octets);
        return this;
    }

    /** A {@code bigint}. */
    public BinaryRows number(@Nullable Long number) {
        return number == null ? none() : number(number.longValue());
    }

    public BinaryRows number(long number) {
        room(12).putInt(8).putLong(number);
        return this;
    }

    /** An {@code integer}. */
    public BinaryRows integer(@Nullable Integer number) {
        if (number == null) {
            return none();
        }
        room(8).putInt(4).putInt(number);
        return this;
    }

    public BinaryRows flag(boolean flag) {
        room(5).putInt(1).put((byte) (flag ? 1 : 0));
        return this;
    }

    /** A {@code timestamptz}: in microseconds. */
    public BinaryRows time(Instant time) {
        return number(ChronoUnit.MICROS.between(EPOCH, time));
    }

    /** A {@code date}. */
    public BinaryRows day(LocalDate day) {
        room(8).putInt(4).putInt((int) ChronoUnit.DAYS.between(FIRST_DAY, day));
        return this;
    }

    /** A {@code bytea}. */
    public BinaryRows bytes(@Nullable ByteBuffer octets) {
        if (octets == null) {
            return none();
        }
        room(4 + octets.remaining()).putInt(octets.remaining()).put(octets.duplicate());
        return this;
    }

    public BinaryRows jsonb(byte @Nullable [] json) {
        if (json == null) {
            return none();
        }
        room(5 + json.length).putInt(1 + json.length).put(JSONB).put(json);
        return this;
    }

    /**
     * Ends it: all rows are in the table then, or none.
     *
     * @param statement {@code copy … from stdin (format binary)}
     * @throws DataAccessException also if the table has a row with the key of one of them
     */
    public void copy(JdbcTemplate jdbc, String statement) {
        var rows = new ByteBufferByteStreamWriter(room(2).putShort((short) NULL).flip());
        jdbc.execute((ConnectionCallback<Long>) connection -> {
            try {
                return connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement, rows);
            } catch (IOException e) {
                throw new SQLException("rows could not be sent", CONNECTION_FAILURE, e);
            }
        });
    }

    private BinaryRows none() {
        room(4).putInt(NULL);
        return this;
    }

    private ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            bytes = ByteBuffer.allocate(Math.max(2 * bytes.capacity(), bytes.position() + more)).put(bytes.flip());
        }
        return bytes;
    }
}
