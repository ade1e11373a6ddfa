// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.upload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class PublicAddressTests {

    private final MockHttpServletRequest request = new MockHttpServletRequest();

    @BeforeEach
    void atTheService() {
        request.addHeader("Host", "127.0.0.1:7301");
    }

    @Test
    void isTheRequestsOwnWithoutAGateway() {
        assertThat(PublicAddress.of(request)).isEqualTo("http://127.0.0.1:7301");
    }

    @Test
    void isWhatTheGatewaySays() {
        request.addHeader("X-Forwarded-Proto", "https");
        request.addHeader("X-Forwarded-Host", "assay.example:8443, inner");
        assertThat(PublicAddress.of(request)).isEqualTo("https://assay.example:8443");
    }

    @Test
    void keepsAPrefix() {
        request.addHeader("X-Forwarded-Host", "example");
        request.addHeader("X-Forwarded-Prefix", "/assay/");
        assertThat(PublicAddress.of(request)).isEqualTo("http://example/assay");
    }
}
