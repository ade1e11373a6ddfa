// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicPathTests {

    @ParameterizedTest
    @CsvSource({
        "/%762/admin/keys, spells 'v' as %76", "/v2/%61dmin/keys, spells 'a' as %61", "/v2/tasksets/by-name/%41, spells 'A' as %41",
        "/v2/%2e%2e/internal, spells '.' as %2e", "/v2/%2E/x, spells '.' as %2E", "/v2/.%2e/x, spells '.'", "/v2%2Dx, spells '-'",
        "/v2/../internal/leases, dot segment", "/v2/./keys, dot segment", "/v2/uploads/.., dot segment", "/.., dot segment",
        "//v2/jobs, two slashes", "/v2//jobs, two slashes", "/v2/jobs//, two slashes", "//, two slashes",
        "/v2/uploads;x=/keys, path parameter", "/v2/tasksets/by-name/a;b, path parameter",
        "/v2\\keys, a backslash", "/v2/tasksets/by-name/a\\b, a backslash",
        "/v2%2Fadmin/keys, holds %2F where no name stands", "/v2/trace/a%2fb, holds %2f where no name stands",
        "/v2/admin%5Ckeys, holds %5C where no name stands", "/v2/jobs%3Bx, holds %3B", "/v2/%2576, holds %25",
        "/v2/a%00b, control character", "/v2/tasksets/by-name/a%0ab, control character", "/v2/%7F, control character",
        "/v2/%c0%af, not UTF-8", "/v2/tasksets/by-name/%c0%ae%c0%ae, not UTF-8", "/v2/%e0%80%af, not UTF-8", "/v2/%ff, not UTF-8",
        "/v2/%c3, not UTF-8", "/v2/%c3x, not UTF-8", "/v2/%ed%a0%80, not UTF-8", "/v2/%a9, not UTF-8",
        "/v2/%, encodes nothing", "/v2/%7, encodes nothing", "/v2/%zz, encodes nothing", "/v2/%u002f, encodes nothing",
        "/v2/{id}, must be percent-encoded", "/v2/a|b, must be percent-encoded", "*, does not begin with a slash", "v2, does not begin"
    })
    void whatTwoReadersCouldReadDifferentlyIsRefused(String path, String why) {
        assertThat(PublicPath.fault(path)).hasValueSatisfying(fault -> assertThat(fault).contains(why));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/", "/v2/jobs", "/v2/jobs/", "/v2/tasksets/by-name/My%20Letters%2Fx", "/v2/tasksets/by-name/a%2F..%2Fb",
        "/v2/tasksets/by-name/a%5Cb%3Bc%25", "/v2/tasksets/by-name/...", "/v2/a..b/c.", "/v2/.hidden/x", "/a:b@c",
        "/v2/tasksets/by-name/%C3%A9t%C3%A9", "/v2/tasksets/by-name/%e4%bb%bb%e5%8a%a1", "/v2/tasksets/by-name/%F0%9F%A6%8A%20%21",
        "/v2/registry/1/variables/%D0%96", "/inference/models/openai/gpt-5", "/inference/v1/models/openai%2Fgpt-5",
        "/inference/v1beta/models/google/gemini-3:streamGenerateContent", "/v2/jobs/x=1,2+3!$&'()*~_-."
    })
    void everythingElsePasses(String path) {
        assertThat(PublicPath.fault(path)).isEmpty();
    }
}
