// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.runtimes.account.ProviderException;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes from Modal, and how what goes there is written. */
class HostileModalTests {

    @ParameterizedTest
    @ValueSource(strings = {"http://router.example", "https://user@router.example", "https://", "router.example:443", "", "ftp://router.example", "https://a b"})
    void aSandboxesKeyGoesNowhereInClear(String address) {
        assertThatThrownBy(() -> CommandRouter.sealed(address, false)).isInstanceOf(ProviderException.class).hasMessageContaining("an address that is none");
    }

    @Test
    void onThisMachineNobodyListensIn() throws Exception {
        assertThat(CommandRouter.sealed("https://router.example:8443", false).getPort()).isEqualTo(8443);
        assertThat(CommandRouter.sealed("http://127.0.0.1:1234", true).getHost()).isEqualTo("127.0.0.1");
    }

    @Test
    void messagesAreWrittenAsProtocolBuffersAre() throws Exception {
        var message = new Fields().text(1, "ä").number(2, 300).real(3, 1.5).single(4, 0.5f).map(12, Map.of("k", "v"));
        assertThat(HexFormat.of().formatHex(Fields.MARSHALLER.stream(message).readAllBytes()))
                .isEqualTo("0a02c3a4" + "10ac02" + "19000000000000f83f" + "250000003f" + "62060a016b120176");
        var read = read(Fields.MARSHALLER.stream(message).readAllBytes());
        assertThat(read.text(1)).isEqualTo("ä");
        assertThat(read.number(2)).isEqualTo(300);
        assertThat(read.real(3)).isEqualTo(1.5);
        assertThat(read.map(12)).containsExactly(Map.entry("k", "v"));
        assertThat(read.texts(9)).isEmpty();
        assertThat(read.message(9).number(1)).isZero();
    }

    @Test
    void whatIsNoMessageIsRefused() throws Exception {
        for (var bytes : List.of("0a05", "07", "ff")) {
            assertThatThrownBy(() -> read(HexFormat.of().parseHex(bytes))).isInstanceOf(StatusRuntimeException.class);
        }
        var inside = read(HexFormat.of().parseHex("0a01ff"));
        assertThatThrownBy(() -> inside.message(1)).isInstanceOf(StatusRuntimeException.class);
    }

    private static Fields read(byte[] bytes) throws IOException {
        return Fields.MARSHALLER.parse(new ByteArrayInputStream(bytes));
    }
}
