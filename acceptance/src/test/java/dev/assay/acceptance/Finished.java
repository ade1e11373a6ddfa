// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a process left: its exit status and its words. */
record Finished(int exit, String stdout, String stderr) {

    private static final JsonMapper JSON = new JsonMapper();

    /** Both streams: the client writes most of its text to standard error. */
    String text() {
        return stdout + "\n" + stderr;
    }

    Finished exitsWith(int expected) {
        assertThat(exit).as("exit status; it said:%n%s", text()).isEqualTo(expected);
        return this;
    }

    Finished says(String... words) {
        assertThat(text()).contains(words);
        return this;
    }

    /** Standard output as the one JSON document that it must be. */
    JsonNode json() {
        return JSON.readTree(stdout);
    }

    /** The first group of the first match. */
    String find(String pattern) {
        var matcher = Pattern.compile(pattern).matcher(text());
        assertThat(matcher.find()).as("a match of %s in:%n%s", pattern, text()).isTrue();
        return matcher.group(1);
    }
}
