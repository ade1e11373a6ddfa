// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class S34PublishATasksetTests {

    private static final Platform PLATFORM = Platform.shared();

    @BeforeAll
    static void deploy() {
        Deployed.letters();
    }

    @Test
    void aTasksetIsCreatedOnceAndThenOnlyChangesAreSent() {
        var hud = Deployed.user().source("letters");

        hud.run("sync", "tasks", "s34", "--yes").exitsWith(0)
                .says("Taskset 's34' not found; it will be created", "+ 3 created, ~ 0 updated", PLATFORM.url() + "/tasksets/");
        hud.run("sync", "tasks", "s34", "--yes").exitsWith(0).says("All tasks up to date");

        hud.write("tasks.py", hud.read("tasks.py") + "\ntasks[0].columns = {\"level\": \"easy\"}\n");
        hud.run("sync", "tasks", "s34", "--dry-run").exitsWith(0).says("Update: 1");
        hud.run("sync", "tasks", "s34", "--yes").exitsWith(0).says("+ 0 created, ~ 1 updated");
        hud.run("sync", "--yes").exitsWith(0).says("All tasks up to date");
        hud.run("sync", "tasks", "s34", "--force", "--yes").exitsWith(0).says("+ 0 created, ~ 3 updated");
        var slug = hud.run("task", "list", "-q").exitsWith(0).stdout().lines().findFirst().orElseThrow();
        hud.run("sync", "tasks", "s34", "--task", slug, "--yes").exitsWith(0).says("All tasks up to date");

        hud.write("tasks.py", "from env import count_letter\n\ntasks = [count_letter(word=\"kiwi\", letter=\"i\")]\n");
        hud.run("sync", "tasks", "s34", "--yes").exitsWith(0).says("Create: 1");
        var tasks = hud.run("sync", "tasks", "s34", "--export", "all.json").exitsWith(0);
        assertThat(tasks.text()).contains("Exported 4 tasks");
    }

    @Test
    void aTaskThatTheManifestDoesNotKnowIsRefusedAndNothingIsWritten() {
        var hud = Deployed.user().source("letters").write("bad.json", """
                [{"env": "letter-count", "id": "count_letter", "slug": "good", "args": {"word": "kiwi", "letter": "i"}},
                 {"env": "letter-count", "id": "count_letter", "slug": "bad-argument", "args": {"wurd": "kiwi", "letter": "i"}},
                 {"env": "letter-count", "id": "count_words", "slug": "bad-task"},
                 {"env": "nowhere", "id": "count_letter", "slug": "bad-environment"}]""");

        hud.run("sync", "tasks", "s34-bad", "bad.json", "--yes").exitsWith(1)
                .says("bad-argument", "wurd", "bad-task", "count_words", "bad-environment", "nowhere");

        PLATFORM.api(Deployed.KEY).get("/v2/tasksets/by-name/s34-bad").expect(404);
    }

    @Test
    void aFolderIsLinkedToAnEnvironmentByName() {
        var hud = Deployed.user().source("letters");

        hud.run("sync", "env", "letter-count", "--yes").exitsWith(0).says("Linked to: letter-count");
        hud.run("sync", "env").exitsWith(2);
        hud.run("sync", "env", "no-such-environment", "--yes").exitsWith(1).says("No environment named 'no-such-environment'.");
    }
}
