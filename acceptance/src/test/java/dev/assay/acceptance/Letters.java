// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

/** F1 for tests of models: three tasks whose words begin with a mark of the test's own, by which the stand-in's log tells them apart. */
final class Letters {

    private Letters() {}

    /** A user of the platform with models, in a folder with environment and taskset. */
    static Hud user(String mark, String key) {
        return new Hud().source("letters").write("tasks.py", """
                from env import count_letter

                tasks = [
                    count_letter(word="%1$sstrawberry", letter="r"),
                    count_letter(word="%1$sbanana", letter="a"),
                    count_letter(word="%1$smississippi", letter="s"),
                ]
                """.formatted(mark)).against(Platform.withModels().url(), key);
    }
}
