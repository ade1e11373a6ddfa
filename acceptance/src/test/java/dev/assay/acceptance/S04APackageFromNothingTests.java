// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class S04APackageFromNothingTests {

    @Test
    void withoutTheInternetInitFailsAndLeavesNothing() {
        // The proxy is nobody: this stays true where the internet can be reached.
        var hud = new Hud().set("HTTPS_PROXY", "http://127.0.0.1:9").set("https_proxy", "http://127.0.0.1:9");

        hud.run("init", "my-env").exitsWith(1).says("Failed to prepare example environment 'coding'");

        assertThat(hud.folder.resolve("my-env")).doesNotExist();
    }

    @Test
    void aSourceWrittenByHandListsItsTasks() {
        var listed = new Hud().source("letters").run("task", "list").exitsWith(0);

        assertThat(listed.stdout().lines()).hasSize(3)
                .allMatch(line -> line.matches("count_letter-[0-9a-f]{8}\tcount_letter \\{.*}"));
    }
}
