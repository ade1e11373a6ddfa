// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

/** What the provider's own library makes of the same texts. */
class PartialJsonTests {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"a\": 12 | {\"a\":12}",
        "{\"a\": 12, | {\"a\":12}",
        "{\"a\": \"he | {}",
        "{\"a\": tru | {}",
        "{\"a\": nul | {}",
        "{\"a\": - | {}",
        "{\"a\": 1. | {}",
        "{\"a\": {\"b\": 1, \"c\": \"x | {\"a\":{\"b\":1}}",
        "{\"a | {}",
        "{ | {}",
        "{\"a\": [1, tru | {\"a\":[1]}",
        "{\"a\": [1, \"x | {\"a\":[1]}",
        "{\"a\":1}} | {\"a\":1}",
        "{\"a\": \"x\\ | {}",
        "{\"a\": \"\\u12 | {}",
        "{\"a\": true, \"b\": null, \"c\": 1.5} | {\"a\":true,\"b\":null,\"c\":1.5}",
    })
    void whatCameWholeStays(String text, String kept) {
        assertThat(PartialJson.of(text)).hasToString(kept);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{bad", "{\"a\": bad", "{\"a\": 01}", "{\"a\": \"x\ny\"}", "{\"a\": bad tru"})
    void whatCanBecomeNoJsonIsRefused(String text) {
        assertThatThrownBy(() -> PartialJson.of(text)).isInstanceOf(JacksonException.class);
    }
}
