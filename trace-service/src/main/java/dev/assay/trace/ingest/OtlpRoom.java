// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import java.io.ByteArrayOutputStream;

/**
 * How much JSON the spans of one export may become: each has its source in it, which was sent once for all of them, and a byte may become six.
 * What is written counts, whether or not the span is taken in the end.
 */
final class OtlpRoom {

    static final int LARGEST_SPAN = 16 * 1024 * 1024;

    private final long most;
    private long written;

    /** @param most in bytes, of all spans together */
    OtlpRoom(long most) {
        this.most = most;
    }

    boolean isFull() {
        return written >= most;
    }

    String full() {
        return "the spans before it have become " + written + " bytes, and no more than " + most + " are taken at once";
    }

    /** Of one span. @throws FullException from where it is written */
    ByteArrayOutputStream place() {
        return new Place();
    }

    /** The reason is for people. */
    static final class FullException extends RuntimeException {
        FullException(String reason) {
            super(reason, null, false, false);
        }
    }

    private final class Place extends ByteArrayOutputStream {

        private final String full = full();

        @Override
        public void write(int octet) {
            take(1);
            super.write(octet);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            take(length);
            super.write(bytes, offset, length);
        }

        private void take(int length) {
            written += length;
            if (written > most) {
                throw new FullException(full);
            }
            if (size() + length > LARGEST_SPAN) {
                throw new FullException("becomes more than " + LARGEST_SPAN + " bytes of JSON");
            }
        }
    }
}
