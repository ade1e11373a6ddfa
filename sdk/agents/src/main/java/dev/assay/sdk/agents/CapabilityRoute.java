// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import dev.assay.sdk.protocol.Capability;
import java.io.IOException;

/** Finds the way to a capability. Asked only for those that a harness can drive. */
@FunctionalInterface
public interface CapabilityRoute {

    /** The same capability under a url that can be dialled from here. */
    Capability dialable(Capability declared) throws IOException;
}
