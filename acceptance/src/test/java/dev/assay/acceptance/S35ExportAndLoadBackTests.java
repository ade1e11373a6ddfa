// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class S35ExportAndLoadBackTests {

    private static final String COMPARE = """
            from hud import Taskset
            from hud.eval.sync import diff

            local = Taskset.from_file("rows.json")
            remote = Taskset.from_api("a b/c")
            plan = diff(local, remote)
            print(plan.summary())
            print("changed", len(plan.to_apply), "unchanged", len(plan.unchanged))
            print([task.env for task in remote])
            """;

    @BeforeAll
    static void deploy() {
        Deployed.letters();
    }

    @Test
    void rowsComeBackAsTheyWereUploaded() {
        // The name is as somebody typed it; nulls, empty objects, and 1 beside 1.0 must survive.
        var hud = Deployed.user().source("letters").write("rows.json", """
                [{"env": "Letter Count", "id": "count_letter", "slug": "one", "args": {"word": "kiwi", "letter": "i"},
                  "columns": {"whole": 1, "real": 1.0, "nothing": null, "empty": {}, "list": []}},
                 {"env": "letter-count", "id": "count_letter", "slug": "two", "args": {"word": "f\\u00fcnf", "letter": "f"},
                  "agent_config": {}, "validation": []}]""").write("compare.py", COMPARE);

        hud.run("sync", "tasks", "a b/c", "rows.json", "--yes").exitsWith(0).says("+ 2 created, ~ 0 updated");
        hud.python("compare.py").exitsWith(0).says("changed 0 unchanged 2", "['Letter Count', 'letter-count']");

        hud.run("sync", "tasks", "a b/c", "--export", "t.json").exitsWith(0).says("Exported 2 tasks to t.json");
        hud.run("sync", "tasks", "a b/c", "--export", "t.jsonl").exitsWith(0).says("Exported 2 tasks to t.jsonl");
        hud.run("sync", "tasks", "a b/c", "--export", "t.csv").exitsWith(0).says("Exported 2 tasks to t.csv");
        assertThat(hud.read("t.jsonl").lines()).hasSize(2);
        assertThat(hud.read("t.json")).contains("\"Letter Count\"", "\"real\": 1.0", "\"whole\": 1,", "\"empty\": {}");
        assertThat(hud.read("t.csv")).contains("arg:word");
    }

    @Test
    void aTasksetThatIsNotThereIsSaidToBeMissing() {
        Deployed.user().run("eval", "missing", "claude", "-y").exitsWith(2).says("taskset not found: missing");
    }
}
