// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxBoundsTests {

    private static final SandboxBounds SMALL_AND_CLOSED = new SandboxBounds(4_000, 10_000, false);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'resources':{'memory_mb':4001}} | resources.memory_mb: 4001 MiB are asked for, a sandbox here gets 4000 at most",
        "{'resources':{'storage_mb':10001}} | resources.storage_mb: 10001 MiB are asked for, a sandbox here gets 10000 at most",
        "{'resources':{'storage_mb':4e12}} | resources.storage_mb: 4000000000000 MiB are asked for, a sandbox here gets 10000 at most",
        "{'network':'outbound'} | network: no sandbox here is let out, neither to listed hosts nor outbound",
        "{'network':['pypi.org']} | network: no sandbox here is let out, neither to listed hosts nor outbound",
        "{'resources':{'memory_mb':4000,'storage_mb':10000,'cpu':64},'network':'none'} | ",
        "{'network':null} | ",
    })
    void whatIsMoreIsRefusedByItsField(String config, String reason) {
        assertThat(SMALL_AND_CLOSED.refusal(read(config)).orElse(null)).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'resources':{'memory_mb':4001,'storage_mb':10001}} | true", "{'network':'outbound'} | false",
    })
    void inATeamsAccountTheNetworkAloneIsBounded(String config, boolean given) {
        assertThat(SMALL_AND_CLOSED.ofAnySize().refusal(read(config)).isEmpty()).isEqualTo(given);
    }

    private static RuntimeConfig read(String config) {
        return RuntimeConfig.read(Json.MAPPER.readTree(config.replace('\'', '"')));
    }
}
