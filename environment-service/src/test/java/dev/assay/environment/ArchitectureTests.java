// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import dev.assay.testsupport.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void theRoomKeepsItsWalls() {
        ArchitectureRules.checkService("environment");
    }
}
