// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import java.io.IOException;
import java.net.Socket;

/** Finds the way to a policy that somebody serves. Who may be reached is decided here: by the address that is dialled, not by its name. */
@FunctionalInterface
public interface PolicyRoute {

    /**
     * A new connection, for the caller to close.
     *
     * @throws IOException if there is none, or it may not be had; the message is for whoever named the address
     */
    Socket open(String host, int port) throws IOException;
}
