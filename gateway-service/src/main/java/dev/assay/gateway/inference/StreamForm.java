// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.Fields;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * How a stream is written to its client: as events, or as Google writes one where no events were asked for, a list of JSON, element by
 * element. Of one answer.
 */
sealed interface StreamForm {

    /** What the head says of it. */
    Fields head();

    /** Whole events, in this form. */
    byte[] of(byte[] events);

    /** What is behind the last event of a stream that came to its end, or failed. */
    byte[] end();

    /** The body of an error before anything of a stream was sent. */
    byte[] error(byte[] body);

    /** Events as they are. */
    record Events() implements StreamForm {

        private static final Fields HEAD = Fields.builder()
                .add("content-type", "text/event-stream; charset=utf-8")
                .add("cache-control", "no-cache")
                .add("x-accel-buffering", "no")
                .build();

        @Override
        public Fields head() {
            return HEAD;
        }

        @Override
        public byte[] of(byte[] events) {
            return events;
        }

        @Override
        public byte[] end() {
            return new byte[0];
        }

        @Override
        public byte[] error(byte[] body) {
            return body;
        }
    }

    /** Each event's data is an element. Signs of life between them are blanks, which JSON allows. */
    final class JsonList implements StreamForm {

        private static final Fields HEAD = Fields.builder()
                .add("content-type", "application/json; charset=utf-8")
                .add("cache-control", "no-cache")
                .add("x-accel-buffering", "no")
                .build();

        private boolean begun;

        @Override
        public Fields head() {
            return HEAD;
        }

        @Override
        public byte[] of(byte[] events) {
            var elements = new ByteArrayOutputStream(events.length + 8);
            var scan = new EventScan();
            while (scan.next(events, events.length)) {
                if (scan.hasData()) {
                    elements.writeBytes(between());
                    elements.write(scan.data(events), scan.dataFrom(), scan.dataTo() - scan.dataFrom());
                }
            }
            return elements.toByteArray();
        }

        private byte[] between() {
            var between = begun ? ",\r\n" : "[";
            begun = true;
            return between.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public byte[] end() {
            return (begun ? "]\n" : "[]\n").getBytes(StandardCharsets.US_ASCII);
        }

        /** Google's own errors are in a list too, then. */
        @Override
        public byte[] error(byte[] body) {
            var list = new ByteArrayOutputStream(body.length + 2);
            list.write('[');
            list.writeBytes(body);
            list.write(']');
            return list.toByteArray();
        }
    }
}
