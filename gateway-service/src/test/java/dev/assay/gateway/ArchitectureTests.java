// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway;

import dev.assay.testsupport.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void theGatewayKeepsToItsRoom() {
        ArchitectureRules.checkService("gateway");
    }
}
