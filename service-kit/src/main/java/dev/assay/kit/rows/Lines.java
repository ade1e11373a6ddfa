// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rows;

import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One row to a line, which has its own end. */
record Lines(JsonMapper json, OutputStream out) implements RowSink {

    @Override
    public void row(ObjectNode row) throws IOException {
        out.write(json.writeValueAsBytes(row));
        out.write('\n');
    }

    @Override
    public void end() {
        // nothing follows the last line
    }
}
