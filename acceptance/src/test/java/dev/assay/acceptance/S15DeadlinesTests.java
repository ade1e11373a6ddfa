// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

@EveryDeployment
class S15DeadlinesTests {

    @Test
    void aLateAgentIsGradedALateRolloutIsNotAndContradictionsAreRefused() {
        var platform = Platform.shared();
        var key = platform.keyOf("s15");

        var report = new Hud().source("own").against(platform.url(), key).python("deadlines.py").exitsWith(0).json();

        var agent = report.get("agent");
        assertThat(agent.get("graded").booleanValue()).isTrue();
        assertThat(agent.get("status").stringValue()).isEqualTo("error");
        assertThat(agent.get("stop_reason").stringValue()).isEqualTo("timeout");
        var rollout = report.get("rollout");
        assertThat(rollout.get("graded").booleanValue()).isFalse();
        // the agent would have taken two minutes
        assertThat(rollout.get("seconds").doubleValue()).isBetween(1.9, 120.0);
        assertThat(report.get("refused").stringValue()).isEqualTo("agent timeout (1s) must be less than rollout_timeout (0.5s)");

        var late = platform.api(key).get("/v2/trace/" + agent.get("trace").stringValue()).expect(200).body();
        assertThat(late.get("status").stringValue()).isEqualTo("error");
        assertThat(late.get("stop_reason").stringValue()).isEqualTo("timeout");
        assertThat(late.get("error").stringValue()).contains("agent timed out after 1s");
        assertThat(late.get("reward").doubleValue()).isEqualTo(1.0);
        var cut = platform.api(key).get("/v2/trace/" + rollout.get("trace").stringValue()).expect(200).body();
        assertThat(cut.get("status").stringValue()).isEqualTo("error");
        assertThat(cut.get("stop_reason").stringValue()).isEqualTo("timeout");
        assertThat(cut.get("error").stringValue()).contains("rollout timed out after 2s during ");
        assertThat(cut.get("reward").isNull()).isTrue();
    }
}
