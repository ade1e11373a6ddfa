// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.kit.rows.RowSink;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Spans as lines, each an export of its own: so many that each is worth a request, so few that whoever reads by lines can hold one. */
final class OtlpLines {

    private static final int MOST_SPANS = 100;
    private static final int MOST_BYTES = 256 * 1024;

    private final RowSink rows;
    private final ArrayNode spans = Json.array();
    private ObjectNode resource = Json.object();
    private ObjectNode scope = Json.object();
    private long bytes;

    OtlpLines(RowSink rows) {
        this.rows = rows;
    }

    /** @param size about how large it is */
    void add(ObjectNode itsResource, ObjectNode itsScope, ObjectNode span, long size) throws IOException {
        if (spans.size() == MOST_SPANS || bytes + size > MOST_BYTES || !resource.equals(itsResource) || !scope.equals(itsScope)) {
            flush();
        }
        resource = itsResource;
        scope = itsScope;
        spans.add(span);
        bytes += size;
    }

    void flush() throws IOException {
        if (!spans.isEmpty()) {
            var line = Json.object();
            var group = line.putArray("resourceSpans").addObject();
            group.set("resource", resource);
            var scoped = group.putArray("scopeSpans").addObject();
            scoped.set("scope", scope);
            scoped.set("spans", spans);
            rows.row(line);
            spans.removeAll();
            bytes = 0;
        }
    }
}
