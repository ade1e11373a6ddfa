// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonTextTests {

    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0", "0.1, 0.1", "1e15, 1000000000000000.0", "1e16, 1e+16", "1.5e-5, 1.5e-05", "0.0001, 0.0001", "123456.789, 123456.789",
        "-0.0, -0.0", "1e300, 1e+300", "5e-324, 5e-324"
    })
    void writesNumbersWithTheShortestDigits(double number, String text) {
        assertThat(PythonText.repr(number)).isEqualTo(text);
    }

    @Test
    void writesWhatHasNoJsonForm() {
        assertThat(PythonText.repr(Double.NaN)).isEqualTo("nan");
        assertThat(PythonText.repr(Double.NEGATIVE_INFINITY)).isEqualTo("-inf");
        assertThat(PythonText.str(null)).isEqualTo("None");
        assertThat(PythonText.str(true)).isEqualTo("True");
        assertThat(PythonText.repr(new BigInteger("9".repeat(30)))).isEqualTo("9".repeat(30));
    }

    @Test
    void writesJsonAsItsOwnWriterDoes() {
        var value = Json.object().put("é\u007f", "\ud83d\ude00\"\n").put("one", 1.0).putNull("none").put("big", 1e16).put("no", Double.NaN);
        value.putArray("list").add(true).add(2);

        assertThat(PythonText.json(value)).isEqualTo(
                "{\"\\u00e9\\u007f\": \"\\ud83d\\ude00\\\"\\n\", \"one\": 1.0, \"none\": null, "
                + "\"big\": 1e+16, \"no\": NaN, \"list\": [true, 2]}");
    }

    @Test
    void quotesAndEscapes() {
        assertThat(PythonText.repr("it's")).isEqualTo("\"it's\"");
        assertThat(PythonText.repr("it's \"it\"")).isEqualTo("'it\\'s \"it\"'");
        assertThat(PythonText.repr("a\n\u0001\u00a0\u200bé😀\\")).isEqualTo("'a\\n\\x01\\xa0\\u200bé😀\\\\'");
        assertThat(PythonText.str("as it is")).isEqualTo("as it is");
    }

    @Test
    void nests() {
        var list = new ArrayList<>(List.of("a", 1, 2.0, Json.object().put("k", false)));
        list.add(null);
        assertThat(PythonText.str(list)).isEqualTo("['a', 1, 2.0, {'k': False}, None]");
    }
}
