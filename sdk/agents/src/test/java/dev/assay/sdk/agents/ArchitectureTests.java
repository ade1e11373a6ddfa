// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import dev.assay.testsupport.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void theWallsOfThisRoomStand() {
        ArchitectureRules.checkSdk("agents", "protocol");
    }
}
