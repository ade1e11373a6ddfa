// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicPathTests {

    @ParameterizedTest
    @ValueSource(strings = {
        "/v2/../internal/leases", "/v2/%2e%2e/internal", "/v2/uploads/..", "/v2/./keys", "/v2/uploads;x=/keys",
        "/v2/uploads\\..\\keys", "/v2/%2E./x", "/v2/a%00b"
    })
    void whatTwoReadersCouldReadDifferentlyIsRefused(String path) {
        assertThat(PublicPath.of(path)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/v2/tasksets/by-name/My%20Letters%2Fx", "/v2/a..b/c.", "/v2/.hidden/x", "/", "/v2/tasksets/by-name/...", "/a:b@c",
        "/v2/tasksets/by-name/a%2F..%2Fb", "/v2/tasksets/by-name/a%5Cb%3Bc"
    })
    void everythingElsePassesUntouched(String path) {
        assertThat(PublicPath.of(path)).contains(new PublicPath(path));
    }

    @Test
    void doubledSlashesCollapse() {
        assertThat(PublicPath.of("//v2///jobs//")).contains(new PublicPath("/v2/jobs/"));
    }
}
