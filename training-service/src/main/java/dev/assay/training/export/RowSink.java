// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/** Where rows go. */
interface RowSink {

    void row(ObjectNode row) throws IOException;

    /** There are no more. Without it what was written is not whole. */
    void end() throws IOException;
}
