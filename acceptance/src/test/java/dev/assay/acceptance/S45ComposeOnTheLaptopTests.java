// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** F9: environments that are Compose projects, started by the client. */
@NeedsEngine
class S45ComposeOnTheLaptopTests {

    private final Platform platform = Platform.shared();
    private final String key = platform.keyOf("s45");
    private final Hud hud = Engine.user(new Hud().source("pair").against(platform.url(), key));
    private Set<String> before;

    @BeforeEach
    void look() {
        hud.write(".env", "BASE=" + Engine.python() + "\n");
        before = Engine.rollouts();
    }

    @AfterEach
    void projectAndVolumesAreGone() {
        assertThat(Engine.rollouts()).isEqualTo(before);
    }

    /** The verifier's is a project of its own, to which the files of the actor's session are carried. */
    @Test
    void anActorWithASidecarIsVerifiedInAnotherProjectAndAServiceWithAccessFindsADaemon() {
        var report = Api.JSON.readTree(hud.python("composed.py", "rows.json", "verified", "daemon").exitsWith(0).find("(?m)^REPORT (.*)$"));

        assertThat(report.get("runs")).hasSize(2).allSatisfy(run -> {
            assertThat(run.get("graded").booleanValue()).isTrue();
            assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
        });
        // a service of scale 0 is only built
        assertThat(report.get("services").valueStream().map(service -> service.stringValue())).containsExactly("main", "sidecar");
    }

    @Test
    void theCommandRunsARowsProjectAndRefusesAVariableThatNothingBinds() {
        var evaluated = evaluate().exitsWith(0).says("Runs: 1", "Mean reward: 0.250");
        var job = evaluated.find("/jobs/([0-9a-f-]{36})");
        assertThat(platform.api(key).get("/v2/jobs/" + job + "/traces").expect(200).body().get("items")).singleElement()
                .satisfies(run -> assertThat(run.get("reward").doubleValue()).isEqualTo(0.25));

        hud.write(".env", "OTHER=1\n");
        var refused = evaluate().exitsWith(1).says("Compose variable 'BASE' is not set by the project .env");
        var errored = refused.find("/jobs/([0-9a-f-]{36})");
        assertThat(platform.api(key).get("/v2/jobs/" + errored + "/traces").expect(200).body().get("items")).singleElement()
                .satisfies(run -> assertThat(run.get("status").stringValue()).isEqualTo("error"));
    }

    private Finished evaluate() {
        return hud.run("eval", "rows.json", "openai_compatible", "--model", "scripted/letters", "-y");
    }
}
