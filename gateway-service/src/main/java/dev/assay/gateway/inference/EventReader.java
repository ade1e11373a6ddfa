// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads server-sent events by their fields, as browsers do: any line end, a byte order mark, comments, several lines of data. */
final class EventReader {

    /** One event. The name is empty where it has none. */
    record Event(String name, String data) {}

    /** Says whether something of a length may be held. */
    interface Bound {
        void check(long length) throws IOException;
    }

    private final InputStream in;
    private final Bound bound;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean begun;
    private boolean afterReturn;

    /** @param in buffered */
    EventReader(InputStream in, Bound bound) {
        this.in = in;
        this.bound = bound;
    }

    /** The next event that has data; null at the end. The last one may lack its empty line: some providers forget it. */
    @Nullable Event next() throws IOException {
        var name = "";
        var data = new StringBuilder();
        var any = false;
        for (String text; (text = line()) != null; ) {
            if (text.isEmpty()) {
                if (any) {
                    return new Event(name, data.toString());
                }
                name = "";
                continue;
            }
            var colon = text.indexOf(':');
            var field = colon < 0 ? text : text.substring(0, colon);
            var value = colon < 0 ? "" : text.substring(text.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
            if (field.equals("event")) {
                name = value;
            } else if (field.equals("data")) {
                bound.check(data.length() + value.length());
                data.append(any ? "\n" : "").append(value);
                any = true;
            }
        }
        return any ? new Event(name, data.toString()) : null;
    }

    private @Nullable String line() throws IOException {
        line.reset();
        while (true) {
            var octet = in.read();
            if (octet == '\n' && afterReturn) {
                afterReturn = false;
                continue;
            }
            afterReturn = octet == '\r';
            if (octet < 0 && line.size() == 0) {
                return null;
            }
            if (octet < 0 || octet == '\n' || octet == '\r') {
                return text();
            }
            line.write(octet);
            if (line.size() % 1024 == 0) {
                bound.check(line.size());
            }
        }
    }

    private String text() {
        var text = line.toString(StandardCharsets.UTF_8);
        var first = !begun;
        begun = true;
        return first && text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
