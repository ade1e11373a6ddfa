// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import java.util.regex.Pattern;

/** What of the gateway can be asked for through a sandbox's door. Why no more: decision 53. */
final class DoorPath {

    /** Plainly spelled: what two readers might read differently is not passed on. */
    private static final String BELOW = "(/[A-Za-z0-9_~!$&'()*+,=:@-][A-Za-z0-9._~!$&'()*+,=:@-]*)+";
    /** The base of the models, too: the Claude CLI asks first whether somebody is there. */
    private static final Pattern OPEN = Pattern.compile("/inference|/(inference|telemetry|otlp)" + BELOW);

    /** Only as the published client spells ids. */
    private static final String ID = "[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}";
    private static final Pattern REPORT = Pattern.compile("/v2/trace/(job/" + ID + "/enter|" + ID + "/(enter|exit))");

    private DoorPath() {}

    static boolean isOpen(String rawPath) {
        return OPEN.matcher(rawPath).matches();
    }

    /** Whether it is where beginning and end of a run are told; what a key may tell there the gateway and job-service decide. */
    static boolean isReport(String rawPath) {
        return REPORT.matcher(rawPath).matches();
    }
}
