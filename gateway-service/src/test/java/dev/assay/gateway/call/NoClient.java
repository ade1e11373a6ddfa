// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;

/** Stands in for a client: takes everything and keeps nothing. */
public final class NoClient implements ClientAnswer {

    public boolean answered;

    @Override
    public boolean begun() {
        return answered;
    }

    @Override
    public boolean answered() {
        return answered;
    }

    @Override
    public void begin(int status, Fields headers) {}

    @Override
    public void write(byte[] bytes, int from, int to) {}

    @Override
    public void flush() {}

    @Override
    public void whole(int status, Fields headers, byte[] body, int from, int to) {}

    @Override
    public void fail(ModelError error) {}
}
