// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class S03TheFoldersScopeTests {

    private final Platform platform = Platform.shared();

    @Test
    void aLinkedFolderBelongsToOneKeyAndOneOrigin() throws IOException {
        var mine = Deployed.KEY;
        Deployed.letters();
        var hud = new Hud().source("letters").against(platform.url(), "").unset("HUD_API_KEY").unset("HUD_API_URL");
        hud.run("set", "HUD_API_URL=" + platform.url(), "HUD_API_KEY=" + mine).exitsWith(0);

        hud.run("sync", "tasks", "s03", "--yes").exitsWith(0);
        var identity = platform.api(mine).get("/v2/auth/me").expect(200).body();
        var scope = Api.JSON.readTree(hud.read(".hud/config.json")).get("scope");
        assertThat(scope.get("origin").stringValue()).isEqualTo(platform.url());
        assertThat(scope.get("user_id")).isEqualTo(identity.get("user_id"));
        assertThat(scope.get("team_id")).isEqualTo(identity.get("team_id"));
        assertThat(platform.api(mine).get("/v2/auth/me").body()).isEqualTo(identity);

        hud.run("set", "HUD_API_KEY=" + platform.keyOf("s03-others")).exitsWith(0);
        hud.run("sync", "tasks", "s03", "--yes").exitsWith(1)
                .says("was linked with different HUD credentials than the ones currently in use.");

        var otherName = platform.url().replace("127.0.0.1", "localhost");
        hud.run("set", "HUD_API_KEY=" + mine, "HUD_API_URL=" + otherName).exitsWith(0);
        hud.run("sync", "tasks", "s03", "--yes").exitsWith(1)
                .says("was linked against " + platform.url() + ", not " + otherName);

        Files.delete(hud.folder.resolve(".hud/config.json"));
        hud.run("sync", "tasks", "s03", "--yes").exitsWith(0);
    }
}
