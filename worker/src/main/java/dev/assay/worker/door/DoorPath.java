// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import java.util.regex.Pattern;

/** What of the gateway can be asked for through a sandbox's door. */
final class DoorPath {

    /** Plainly spelled: what two readers might read differently is not passed on. */
    private static final String BELOW = "(/[A-Za-z0-9_~!$&'()*+,=:@-][A-Za-z0-9._~!$&'()*+,=:@-]*)+";
    /** The base of the models, too: the Claude CLI asks first whether somebody is there. */
    private static final Pattern OPEN = Pattern.compile("/inference|/(inference|telemetry)" + BELOW);

    private DoorPath() {}

    static boolean isOpen(String rawPath) {
        return OPEN.matcher(rawPath).matches();
    }
}
