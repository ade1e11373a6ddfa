// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import dev.assay.sdk.protocol.Capability;
import java.io.IOException;
import java.net.Socket;

/**
 * Finds the way to a capability. Asked only for those that a harness can drive, and again for each connection: a stream and not an
 * address, since an address on this machine would be everybody's. A client that speaks HTTP takes it by a socket factory.
 */
@FunctionalInterface
public interface CapabilityRoute {

    /** A new connection to the capability, for the caller to close. */
    Socket open(Capability capability) throws IOException;
}
