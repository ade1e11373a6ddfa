// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What a {@link ControlServer} puts on the wire. Its methods are called by many threads at once. */
public interface ServedEnvironment {

    String name();

    String version();

    /** What agents can use, with the addresses as this process reaches them. */
    List<Capability> capabilities();

    List<TaskTemplate> tasks();

    /**
     * Makes ready to run one of the {@link #tasks}. Only the arguments are looked at, nothing runs yet.
     *
     * @param session the session that asks; it stays the task's own, whoever grades it in the end
     * @throws Exception if the arguments do not fit; the message goes to the client
     */
    ServedTask open(String session, String template, ObjectNode args) throws Exception;
}
