// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserRangesTests {

    @TempDir
    Path folders;

    private final UserRanges ranges = new UserRanges(UserRanges.RANGES - 2);

    @Test
    void whatIsInUseIsNotGivenAgainHoweverManyCome() throws Exception {
        int parent = ranges.take(folder("parent"), 64);
        assertThat(parent).isEqualTo(Workshop.FIRST_USER);
        int child = parent + 3 * Workshop.USERS;
        ranges.hold(folder("child"), child);
        Files.delete(folders.resolve("parent"));
        int rest = (UserRanges.RANGES - 64) / 64;
        for (int i = 0; i < rest; i++) {
            int other = ranges.take(folder("one of many"), 64);
            assertThat(other).isGreaterThan(child);
        }
        assertThat(ranges.take(folder("next"), 64)).isEqualTo(child + Workshop.USERS);
    }

    @Test
    void whereNoneIsFreeItSaysSo() throws Exception {
        ranges.take(folder("all"), UserRanges.RANGES);
        var other = folder("other");
        assertThatIllegalStateException().isThrownBy(() -> ranges.take(other, 1));
    }

    private Path folder(String name) throws Exception {
        return Files.createDirectories(folders.resolve(name));
    }
}
