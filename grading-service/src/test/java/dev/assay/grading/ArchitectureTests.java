// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading;

import dev.assay.testsupport.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void theWallsStand() {
        ArchitectureRules.checkService("grading");
    }
}
