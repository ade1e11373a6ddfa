// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a link may send a browser that signs in. */
class WhereToTests {

    @ParameterizedTest
    @ValueSource(strings = {"/jobs", "/jobs/", "/jobs/0f8fad5b-d9cb-469f-a165-70867728950e", "/jobs?status=running&q=a%20b", "/trace/x?at=1:2", "/settings"})
    void aPageOfOursIsGoneTo(String page) {
        assertThat(WhereTo.of(page)).isEqualTo(page);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", "jobs", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example",
        "/ /evil.example", "https://evil.example", "javascript:alert(1)", "data:text/html,x", "/%2Fevil.example", "/%5Cevil.example",
        "/%09/evil.example", "/jobs//evil.example", "/..//evil.example", "/../evil", "/.evil", "/./", "/jobs/..", "/jobs\r\nSet-Cookie: a=b",
        "/jobs\u0000", "/jobs;url=https://evil.example", "/jobs\"><script>", "/jobs?x=\"", "/jobs?x=<", "/jobs?x=;url=//evil", "/jobs#//evil.example",
        "/\u2215evil.example", "/\uFF0Fevil.example", "/@evil.example", "/evil.example:80", "/v2/auth/oidc", "/v2/auth/oidc?to=/v2/auth/oidc", "/v2"
    })
    void whatIsNoPageOfOursIsNot(String elsewhere) {
        assertThat(WhereTo.of(elsewhere)).isEqualTo("/");
    }

    @Test
    void whoSaysNothingOrTooMuchBeginsAtTheStart() {
        assertThat(WhereTo.of(null)).isEqualTo("/");
        assertThat(WhereTo.of("/" + "x".repeat(500))).isEqualTo("/");
    }
}
