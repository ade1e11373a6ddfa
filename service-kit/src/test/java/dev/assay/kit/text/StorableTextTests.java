// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StorableTextTests {

    @Test
    void whatPostgresTakesStays() {
        assertThat(StorableText.of("grün \ud83d\ude80 \n")).isEqualTo("grün \ud83d\ude80 \n");
        assertThat(StorableText.ofNullable(null)).isNull();
    }

    @Test
    void whatItRefusesIsReplaced() {
        assertThat(StorableText.of("a\0b\ud800c\ude80\ud83d\ude80")).isEqualTo("a\ufffdb\ufffdc\ufffd\ud83d\ude80");
    }
}
