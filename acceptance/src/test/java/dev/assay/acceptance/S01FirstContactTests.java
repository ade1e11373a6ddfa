// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class S01FirstContactTests {

    @Test
    void versionAndHelpExitWithZeroAndNonsenseWithTwo() {
        var hud = new Hud();

        hud.run("version").exitsWith(0).says("0.6.21");
        hud.run("--version").exitsWith(0).says("0.6.21");
        hud.run("eval", "--help").exitsWith(0).says("--group");
        hud.run("nonsense").exitsWith(2);
    }

    @Test
    void eachCommandSendsOneEventOfTenFieldsWithoutAKeyAndSaysOnceHowToSwitchThatOff() {
        try (var telemetry = StubServer.answering(202, "{}")) {
            var hud = new Hud().unset("HUD_CLI_ANALYTICS_ENABLED").set("HUD_TELEMETRY_URL", telemetry.url() + "/telemetry/v3/api");

            assertThat(hud.run("version").text()).contains("hud set HUD_CLI_ANALYTICS_ENABLED=0");
            assertThat(hud.run("version").text()).doesNotContain("hud set HUD_CLI_ANALYTICS_ENABLED=0");
            hud.run("--version");

            assertThat(telemetry.requests).hasSize(2);
            var event = Api.JSON.readTree(telemetry.requests.getFirst().body()).get("events").get(0);
            assertThat(event.properties()).hasSize(10);
        }
    }

    @Test
    void thePlatformTakesTheUsageEventWithoutAKey() {
        var platform = Platform.shared();
        var hud = new Hud().unset("HUD_CLI_ANALYTICS_ENABLED").set("HUD_TELEMETRY_URL", platform.url() + "/telemetry/v3/api");

        hud.run("version").exitsWith(0);

        var event = """
                {"events": [{"command": "version", "subcommand": null, "exit_code": 0, "error_class": null, "duration_ms": 5,
                 "cli_version": "0.6.21", "python_version": "3.11.2", "os": "linux", "is_ci": false,
                 "install_id": "2d2f7f9e-6f0a-4f0e-8c1a-3f1b6f6f0a11"}]}""";
        var answer = new Api(platform.url(), "no-key").send("POST", "/telemetry/v3/api/sdk-events/cli", event);
        assertThat(answer.status()).isBetween(200, 299);
    }

    @Test
    void aServerThatHangsOrIsDeadDoesNotHoldACommandUp() {
        try (var telemetry = StubServer.hanging()) {
            var hud = new Hud().unset("HUD_CLI_ANALYTICS_ENABLED");

            hud.set("HUD_TELEMETRY_URL", telemetry.url()).run("version").exitsWith(0);
            hud.set("HUD_TELEMETRY_URL", "http://127.0.0.1:9").run("version").exitsWith(0);
        }
    }
}
