// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import dev.assay.testsupport.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void theWallsOfThisRoomStand() {
        ArchitectureRules.checkSdk("environment", "protocol", "graders");
    }
}
