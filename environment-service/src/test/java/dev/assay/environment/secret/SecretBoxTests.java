// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SecretBoxTests {

    private final SecretBox box = new SecretBox("a secret that is long enough to be one", JsonMapper.shared());

    SecretBoxTests() throws GeneralSecurityException {}

    @Test
    void whatWasSealedComesOutAgain() {
        var values = Map.of("KEY", "välue\n", "EMPTY", "");
        var sealed = box.seal(values, "owner");
        assertThat(box.open(sealed, "owner")).isEqualTo(values);
        assertThat(sealed).doesNotContain("KEY").isNotEqualTo(box.seal(values, "owner"));
    }

    @Test
    void nothingIsSealedAsNothing() {
        assertThat(box.seal(Map.of(), "owner")).isNull();
        assertThat(box.open(null, "owner")).isEmpty();
    }

    @Test
    void nobodyElseOpensIt() throws GeneralSecurityException {
        var sealed = box.seal(Map.of("KEY", "value"), "owner");
        assertThatThrownBy(() -> box.open(sealed, "somebody else")).isInstanceOf(IllegalStateException.class);
        var other = new SecretBox("another secret that is long enough too", JsonMapper.shared());
        assertThatThrownBy(() -> other.open(sealed, "owner")).hasMessageContaining("ASSAY_INTERNAL_SECRET");
    }
}
