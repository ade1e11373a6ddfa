// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Order(3)
class S69OwnCopyOfTheSourceTests {

    @Test
    void rolloutsThatWriteIntoTheirSourceDoNotMeet() {
        Deployed.keeper();

        Deployed.user().run("eval", "keeper", "openai_compatible", "--model", "scripted/agreeable", "--all", "--group", "8", "-y")
                .exitsWith(0).says("Runs: 8", "Mean reward: 1.000");
    }

    @Test
    void aProgramIsRepairedInAWorkspaceAndTestedByTheEnvironmentsPython() {
        Deployed.coding();

        Deployed.user().run("eval", "coding", "openai_compatible", "--model", "scripted/coding", "--all", "--group", "4", "-y")
                .exitsWith(0).says("Runs: 4", "Mean reward: 1.000");
        Deployed.user().run("eval", "coding", "openai_compatible", "--model", "scripted/agreeable", "-y")
                .exitsWith(0).says("Mean reward: 0.000");
    }
}
