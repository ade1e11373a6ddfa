// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.kit.identity.MakeKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class SecretBoxTests {

    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Map<String, String> VALUES = Map.of("PASSWORD", "välue\n", "EMPTY", "");

    @TempDir
    Path folder;

    private SecretBox box;

    @BeforeEach
    void seal() throws IOException {
        makeKey(NOW);
        box = box();
    }

    @Test
    void whatWasSealedComesOutAgain() {
        var sealed = box.seal(VALUES, "owner");
        assertThat(box.open(sealed, "owner")).isEqualTo(VALUES);
        assertThat(sealed).doesNotContain("PASSWORD").isNotEqualTo(box.seal(VALUES, "owner"));
    }

    @Test
    void nothingIsSealedAsNothing() {
        assertThat(box.seal(Map.of(), "owner")).isNull();
        assertThat(box.open(null, "owner")).isEmpty();
    }

    @Test
    void nobodyElseOpensIt() {
        var sealed = box.seal(VALUES, "owner");
        assertThatThrownBy(() -> box.open(sealed, "somebody else")).isInstanceOf(UnopenedException.class);
    }

    @Test
    void aNewerKeySealsAndTheOlderOneStillOpensWhatItSealed() throws IOException {
        var before = box.seal(VALUES, "owner");
        makeKey(NOW.plus(Duration.ofDays(1)));
        var after = box().seal(VALUES, "owner");
        assertThat(box().open(before, "owner")).isEqualTo(VALUES);
        assertThat(box().open(after, "owner")).isEqualTo(VALUES);
        assertThatThrownBy(() -> box.open(after, "owner")).hasMessageContaining("ASSAY_KEYS_SEALING");
    }

    @Test
    void keysThatSignHaveNothingToDoWithIt() throws IOException {
        var sealed = box.seal(VALUES, "owner");
        var keys = new MakeKeys(folder, Clock.systemUTC());
        keys.makeSure("environment-service");
        keys.add("environment-service");
        assertThat(box().open(sealed, "owner")).isEqualTo(VALUES);
    }

    @Test
    void withoutItsKeyItSaysWhatIsMissing() throws IOException {
        var sealed = box.seal(VALUES, "owner");
        try (var files = Files.list(folder.resolve(MakeKeys.SEALING))) {
            Files.delete(files.findFirst().orElseThrow());
        }
        assertThatThrownBy(this::box).hasMessageContaining("ASSAY_KEYS_SEALING");
        makeKey(NOW.plus(Duration.ofDays(1)));
        assertThatThrownBy(() -> box().open(sealed, "owner")).hasMessageContaining("ASSAY_KEYS_SEALING");
    }

    private SecretBox box() {
        return new SecretBox(new SealingKeys(folder.resolve(MakeKeys.SEALING).toString()), JsonMapper.shared(), "deploy again");
    }

    private void makeKey(Instant at) throws IOException {
        new MakeKeys(folder, Clock.fixed(at, ZoneOffset.UTC)).add(MakeKeys.SEALING);
    }
}
