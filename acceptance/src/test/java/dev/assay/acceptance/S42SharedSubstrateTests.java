// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

@EveryDeployment
@NeedsEngine
class S42SharedSubstrateTests {

    @Test
    void sixteenRunsAreGradedInOneContainerFourAtATime() {
        var platform = Platform.shared();
        var key = platform.keyOf("s42");
        var image = Engine.letters();
        var before = Engine.rollouts();

        var report = Api.JSON.readTree(Engine.user(new Hud().source("laptop").against(platform.url(), key))
                .python("shared.py", image).exitsWith(0).find("(?m)^REPORT (.*)$"));

        assertThat(report.get("runs")).hasSize(16).allSatisfy(run -> assertThat(run.get("reward").doubleValue()).isEqualTo(1.0));
        assertThat(report.get("most").intValue()).isEqualTo(4);
        // the same one, which outlives the first call
        assertThat(report.get("containers").intValue()).isEqualTo(1);
        assertThat(report.get("between").intValue()).isEqualTo(1);
        assertThat(Engine.rollouts()).isEqualTo(before);
        var trace = platform.api(key).get("/v2/trace/" + report.get("runs").get(15).get("trace").stringValue()).expect(200).body();
        assertThat(trace.get("reward").doubleValue()).isEqualTo(1.0);
    }
}
