// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;

class ScriptReaderTests {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            model: x                                          | rules: required
            rules: []                                         | rules: required
            rules: [{sya: x, say: y}]                         | sya
            rules: [{when: {lasst: user}, say: x}]            | lasst
            rules: [{when: {last: user}}]                     | needs one of say, call, calls or fail
            rules: [{call: {arguments: {}}}]                  | tool: required
            rules: [{call: {tool: a, arguments: [1]}}]        | arguments: must be a mapping
            rules: [{call: {tool: a}, calls: [{tool: b}]}]    | either call or calls
            rules: [{say: a, fail: {status: 500}}]            | neither says nor calls
            rules: [{fail: {status: 200}}]                    | between 400 and 599
            rules: [{when: {matches: '(?<a'}, say: x}]        | matches:
            rules: [{say: x, every: 0}]                       | every: must be at least 1
            rules: [{say: x, delay_ms: -1}]                   | delay_ms
            rules: [                                          | line
            """)
    void aBrokenScriptSaysWhatIsWrong(String yaml, String reason) {
        var thrown = catchThrowableOfType(JacksonException.class, () -> ScriptReader.read(yaml.getBytes(StandardCharsets.UTF_8)));
        assertThat(ScriptReader.reason(thrown)).contains(reason);
    }
}
