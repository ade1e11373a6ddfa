// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import java.time.Instant;

/** What a program writes, understood line by line. */
interface CliEvents {

    /** @throws CliException if the line is none of the program's */
    void line(String line, Instant at) throws CliException;

    /**
     * The program has ended.
     *
     * @throws CliException unless it ended well, with the reason
     */
    void end(int status, String errors) throws CliException;
}
