// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.wire;

import dev.assay.gateway.dialect.Body;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.Collections;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** A body made of slices, written without a copy of the whole. */
final class SplicedEntity extends AbstractHttpEntity {

    private final Body.Spliced body;

    SplicedEntity(Body.Spliced body) {
        super((String) null, null);
        this.body = body;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        for (var part : body.parts()) {
            out.write(part.array(), part.arrayOffset() + part.position(), part.remaining());
        }
    }

    @Override
    public InputStream getContent() {
        return new SequenceInputStream(Collections.enumeration(body.parts().stream()
                .map(part -> (InputStream) new ByteArrayInputStream(part.array(), part.arrayOffset() + part.position(), part.remaining()))
                .toList()));
    }

    @Override
    public long getContentLength() {
        return body.length();
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public boolean isStreaming() {
        return false;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
