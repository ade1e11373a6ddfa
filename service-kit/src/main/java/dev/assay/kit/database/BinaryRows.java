// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes rows in the binary format of COPY: column by column, in the order and with the types that the statement names. */
final class BinaryRows {

    private static final byte[] HEAD = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final int NULL = -1;
    private static final byte JSONB = 1;

    private ByteBuffer bytes;

    /** @param size in bytes, about */
    BinaryRows(int size) {
        bytes = ByteBuffer.allocate(HEAD.length + size).put(HEAD);
    }

    BinaryRows row(int columns) {
        room(2).putShort((short) columns);
        return this;
    }

    BinaryRows id(@Nullable UUID id) {
        if (id == null) {
            return none();
        }
        room(20).putInt(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return this;
    }

    BinaryRows text(@Nullable String text) {
        if (text == null) {
            return none();
        }
        var octets = text.getBytes(StandardCharsets.UTF_8);
        room(4 + octets.length).putInt(octets.length).put(octets);
        return this;
    }

    /** A {@code bigint}. */
    BinaryRows number(@Nullable Long number) {
        return number == null ? none() : number(number.longValue());
    }

    BinaryRows number(long number) {
        room(12).putInt(8).putLong(number);
        return this;
    }

    /** An {@code integer}. */
    BinaryRows integer(@Nullable Integer number) {
        if (number == null) {
            return none();
        }
        room(8).putInt(4).putInt(number);
        return this;
    }

    BinaryRows flag(boolean flag) {
        room(5).putInt(1).put((byte) (flag ? 1 : 0));
        return this;
    }

    /** A {@code timestamptz}: in microseconds. */
    BinaryRows time(Instant time) {
        return number(ChronoUnit.MICROS.between(EPOCH, time));
    }

    BinaryRows jsonb(byte @Nullable [] json) {
        if (json == null) {
            return none();
        }
        room(5 + json.length).putInt(1 + json.length).put(JSONB).put(json);
        return this;
    }

    /** All of it, to be read once. */
    ByteBuffer end() {
        return room(2).putShort((short) NULL).flip();
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
