// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rows;

import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/** Where rows go. */
public interface RowSink {

    void row(ObjectNode row) throws IOException;

    /** There are no more. Without it what was written is not whole. */
    void end() throws IOException;
}
