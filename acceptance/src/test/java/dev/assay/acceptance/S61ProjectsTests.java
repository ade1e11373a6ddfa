// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class S61ProjectsTests {

    private final Platform platform = Platform.shared();

    @Test
    void aTeamHasADefaultProjectAndMakesOthers() {
        var key = platform.keyOf("s61");
        var api = platform.api(key);
        var hud = new Hud().source("letters").against(platform.url(), key);

        hud.run("project").exitsWith(0).says("Project: team default Project");
        assertThat(hud.run("project", "list").exitsWith(0).text().split("\\(default\\)", -1)).hasSize(2);

        hud.run("project", "create", "My Proj", "--yes").exitsWith(0).says("Created Project: my-proj (");
        var project = api.get("/v2/projects?search=my-proj&limit=500").expect(200).body().get("items").get(0).get("id").stringValue();
        hud.run("project", "use", "default").exitsWith(0).says("Using Project: ");
        hud.run("project", "use", "nope").exitsWith(1).says("No Project named 'nope'.");

        var link = Api.JSON.readTree(hud.read(".hud/config.json")).get("project_id");
        var environment = hud.run("deploy", "--yes", "--no-env", "--project", "my-proj").exitsWith(0).find("/environments/([0-9a-f-]{36})");
        assertThat(Api.JSON.readTree(hud.read(".hud/config.json")).get("project_id")).isEqualTo(link);
        assertThat(api.get("/v2/registry/" + environment).expect(200).body().get("project_id").stringValue()).isEqualTo(project);

        var other = new Hud().source("letters").against(platform.url(), key).set("HUD_DEFAULT_PROJECT", "my-proj");
        var taskset = other.run("sync", "tasks", "t", "--yes").exitsWith(0).find("/tasksets/([0-9a-f-]{36})");
        assertThat(api.get("/v2/tasksets/" + taskset).expect(200).body().get("project_id").stringValue()).isEqualTo(project);
    }
}
