// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** An official SDK in a process of its own, put through its cases ({@code models/cases.py}); each is a test. */
final class SdkCases {

    private SdkCases() {}

    /** @param behind who is asked: {@code gateway} or {@code stand-in} */
    static Stream<DynamicTest> of(String script, String url, String key, String behind) {
        var told = Map.of("BASE_URL", url, "KEY", key, "BEHIND", behind, "MARK", mark(script, behind));
        var said = Running.start(Repository.resource("models"), told,
                List.of(StandIn.SDKS.resolve("python").toString(), script)).finish(Duration.ofMinutes(4)).exitsWith(0);
        return said.stdout().lines().map(Api.JSON::readTree).map(one -> DynamicTest.dynamicTest(
                one.get("case").stringValue(), () -> assertThat(one.get("why").asString("")).isEmpty()));
    }

    /** What every prompt of these cases holds. */
    static String mark(String script, String behind) {
        return script + " at the " + behind;
    }
}
