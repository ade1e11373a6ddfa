// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.wire;

import dev.assay.gateway.call.Answer;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.Fields;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.jspecify.annotations.Nullable;

/** An answer over HTTP. */
final class HttpAnswer implements Answer {

    private final HttpPost request;
    private final int status;
    private final Fields headers;
    private final @Nullable InputStream body;
    private final Exchange exchange;
    private volatile boolean ended;

    HttpAnswer(HttpPost request, ClassicHttpResponse response, Exchange exchange) throws IOException {
        this.request = request;
        this.status = response.getCode();
        var fields = Fields.builder();
        for (var each = response.headerIterator(); each.hasNext(); ) {
            var header = each.next();
            fields.add(header.getName(), header.getValue() == null ? "" : header.getValue());
        }
        this.headers = fields.build();
        this.body = response.getEntity() == null ? null : response.getEntity().getContent();
        this.exchange = exchange;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Fields headers() {
        return headers;
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
        var read = body == null ? -1 : body.read(into, from, most);
        ended |= read < 0; // its connection is free for others now
        exchange.heard();
        return read;
    }

    /** The library's own way to close reads what is left first, as long as it may come. */
    @Override
    public void close() {
        if (!ended) {
            request.cancel();
        }
    }
}
