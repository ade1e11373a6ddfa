// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class PublicAddressTests {

    private final PublicAddress address = new PublicAddress("", List.of("10.0.0.0/8", " ::1", ""));

    private static MockHttpServletRequest from(String sender) {
        var request = new MockHttpServletRequest("GET", "/v2/jobs");
        request.setRemoteAddr(sender);
        request.addHeader("Host", "inside:7300");
        request.addHeader("X-Forwarded-Proto", "https");
        request.addHeader("X-Forwarded-Host", "assay.example");
        request.addHeader("X-Forwarded-Prefix", "/eval");
        request.addHeader("X-Forwarded-For", "203.0.113.9");
        return request;
    }

    @Test
    void aTrustedProxyIsBelieved() {
        for (var proxy : new String[] {"10.1.2.3", "::1"}) {
            assertThat(address.of(from(proxy))).isEqualTo("https://assay.example/eval");
        }
        var told = new HashMap<String, String>();
        address.describe(from("10.1.2.3"), told::put);
        assertThat(told).containsEntry("X-Forwarded-For", "203.0.113.9, 10.1.2.3").containsEntry("X-Forwarded-Port", "443");
    }

    @Test
    void nobodyElseIs() {
        assertThat(address.of(from("192.0.2.7"))).isEqualTo("http://inside:7300");
        var told = new HashMap<String, String>();
        address.describe(from("192.0.2.7"), told::put);
        assertThat(told).containsEntry("X-Forwarded-For", "192.0.2.7").containsEntry("X-Forwarded-Host", "inside:7300")
                .doesNotContainKey("X-Forwarded-Prefix");
    }

    @Test
    void whatIsConfiguredHoldsForAll() {
        assertThat(new PublicAddress("https://a.example/", List.of()).of(from("10.1.2.3"))).isEqualTo("https://a.example");
    }
}
