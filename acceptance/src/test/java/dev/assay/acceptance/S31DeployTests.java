// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class S31DeployTests {

    private final Platform platform = Platform.shared();

    @Test
    void deployAsksWhereItMustAndThenBuildsAVersion() {
        var key = platform.keyOf("s31");
        var hud = new Hud().source("letters").against(platform.url(), key);

        hud.run("deploy").exitsWith(2).says("Confirmation required in a non-interactive terminal.");
        hud.write(".env", "SECRET=hush\n").run("deploy", "--yes").exitsWith(2).says("Choose whether to seed registry secrets from .env");

        var first = hud.run("deploy", "--yes", "--no-env").exitsWith(0)
                .says("Got upload URL", "Upload complete", "Build triggered", "SUCCEEDED", "count_letter");
        assertThat(first.text()).containsPattern("Version\\W+1\\b").doesNotContain("hush");
        var environment = first.find(platform.url() + "/environments/([0-9a-f-]{36})");

        var second = hud.run("deploy", "--yes", "--no-env").exitsWith(0);
        assertThat(second.text()).containsPattern("Version\\W+2\\b");
        assertThat(second.find("/environments/([0-9a-f-]{36})")).isEqualTo(environment);

        var found = platform.api(key).get("/v2/registry?search=letter-count&limit=500").expect(200).body();
        assertThat(found.get("total").intValue()).isEqualTo(1);
        assertThat(found.get("items").get(0).get("id").stringValue()).isEqualTo(environment);
    }

    @Test
    void theStatusSaysInProgressUntilTheEndAndThenHoldsTheManifest() {
        var key = platform.keyOf("s31-status");
        var hud = new Hud().source("letters").against(platform.url(), key);

        var report = hud.run("deploy", "--yes", "--no-env", "--json").exitsWith(0).json();

        assertThat(report.get("success").booleanValue()).isTrue();
        var status = platform.api(key).get("/v2/builds/" + report.get("build_id").stringValue() + "/status").expect(200).body();
        assertThat(status.get("status").stringValue()).isEqualTo("SUCCEEDED");
        var task = status.get("manifest").get("tasks").get(0);
        assertThat(task.get("id").stringValue()).isEqualTo("count_letter");
        assertThat(task.get("args").get("required").toString()).isEqualTo("[\"word\",\"letter\"]");
        // where nothing can be forked, nothing is said of it
        assertThat(status.get("manifest").path("starts").path("reason").asString("")).isEmpty();
    }
}
