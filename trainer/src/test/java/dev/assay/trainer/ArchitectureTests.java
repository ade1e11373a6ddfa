// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer;

import dev.assay.testsupport.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void keepsTheWalls() {
        ArchitectureRules.checkService("trainer");
    }
}
