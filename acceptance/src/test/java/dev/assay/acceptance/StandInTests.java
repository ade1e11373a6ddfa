// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** That the official SDKs take the stand-in for their providers: what fails behind the gateway only is the gateway's fault then. */
class StandInTests {

    @TestFactory
    Stream<DynamicTest> openai() {
        return cases("openai_sdk.py", "openai", "/openai/v1");
    }

    @TestFactory
    Stream<DynamicTest> anthropic() {
        return cases("anthropic_sdk.py", "anthropic", "/anthropic");
    }

    @TestFactory
    Stream<DynamicTest> google() {
        return cases("google_sdk.py", "google", "/google");
    }

    private static Stream<DynamicTest> cases(String script, String provider, String path) {
        var cases = SdkCases.of(script, StandIn.shared().url() + path, "key-of-" + provider, "stand-in").toList();
        assertThat(cases).hasSizeGreaterThan(10);
        return cases.stream();
    }
}
