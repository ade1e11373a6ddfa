// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assay.worker.door.EgressPolicy.RefusedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgressPolicyTests {

    private static final Map<String, List<String>> NAMES = Map.of(
            "public.example", List.of("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"),
            "inside.example", List.of("10.1.2.3"),
            "both.example", List.of("10.1.2.3", "93.184.215.14"),
            "gateway.example", List.of("8.8.4.4"));

    /** Knows the names above; everything else must be an address, in any spelling that the system takes. */
    private static InetAddress[] resolve(String host) throws UnknownHostException {
        var known = NAMES.get(host);
        if (known == null) {
            return InetAddress.getAllByName(host);
        }
        return known.stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
    }

    private static EgressPolicy allowing(String... allowed) {
        return new EgressPolicy(EgressPolicyTests::resolve, Arrays.asList(allowed), Set.of("gateway.example"));
    }

    @Test
    void whatIsPublicIsOpen() throws Exception {
        assertThat(allowing().addresses("public.example", 443)).hasSize(2).allMatch(address -> address.getPort() == 443);
        assertThat(allowing().addresses("PUBLIC.example.", 443)).hasSize(2);
        assertThat(allowing().addresses("8.8.8.8", 53)).containsExactly(new InetSocketAddress("8.8.8.8", 53));
        assertThat(allowing().addresses("[2606:4700::1111]", 80)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "127.0.0.1", "127.1", "2130706433", "localhost", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.127.255.255", "198.18.0.1", "192.0.0.170", "224.0.0.251", "255.255.255.255", "240.0.0.1",
        "::1", "::",
        "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "fe80::1", "fec0::1", "fd00:ec2::254",
        "fc00::1", "ff02::1", "2002:7f00:1::", "2001:0:1::1", "2001:db8::1", "100::1", "inside.example"})
    void whatIsNotPublicIsClosedHoweverItIsSpelled(String host) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> allowing().addresses(host, 80))
                .withMessageContaining("not a public address");
    }

    @Test
    void neitherIsThePlatformNorThisMachineReachedByItsPublicAddress() {
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> allowing().addresses("8.8.4.4", 80));
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> allowing().addresses("gateway.example", 80));
    }

    @Test
    void aNameThatStandsForBothLeadsToThePublicAddressOnly() throws Exception {
        assertThat(allowing().addresses("both.example", 80)).containsExactly(new InetSocketAddress("93.184.215.14", 80));
    }

    @Test
    void anOperatorOpensHostsByNameAndRangesOfAddresses() throws Exception {
        assertThat(allowing("inside.example").addresses("inside.example", 80)).hasSize(1);
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> allowing("inside.example").addresses("10.1.2.3", 80));
        assertThat(allowing("10.1.0.0/16").addresses("10.1.2.3", 80)).hasSize(1);
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> allowing("10.1.0.0/16").addresses("10.2.0.1", 80));
        assertThat(allowing("127.0.0.0/8").addresses("localhost", 80)).contains(new InetSocketAddress("127.0.0.1", 80));
    }
}
