// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import dev.assay.testsupport.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void keepsTheWalls() {
        ArchitectureRules.checkService("worker");
    }
}
