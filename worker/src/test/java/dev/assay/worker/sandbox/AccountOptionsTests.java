// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountOptionsTests {

    @Test
    void elsewhereIsReachedWithTlsAndThisMachineWithout() {
        assertThatCode(() -> options("https://e2b.example/api", "https://49983-{id}.e2b.example")).doesNotThrowAnyException();
        assertThatCode(() -> options("http://127.0.0.1:3000", "http://localhost:3002/{id}")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://e2b.example", "http://127.0.0.1.example", "http://localhost@e2b.example", "ftp://127.0.0.1"})
    void keysGoNowhereInClear(String address) {
        assertThatThrownBy(() -> options(address, "https://49983-{id}.e2b.example")).hasMessageContaining("assay.worker.e2b-api: https://");
        assertThatThrownBy(() -> options("https://e2b.example", address)).hasMessageContaining("assay.worker.e2b-sandboxes: https://");
        assertThatThrownBy(() -> options("https://e2b.example", "https://{id}.e2b.example", address, "https://modal.example"))
                .hasMessageContaining("assay.worker.daytona-api: https://");
        assertThatThrownBy(() -> options("https://e2b.example", "https://{id}.e2b.example", "https://daytona.example", address))
                .hasMessageContaining("assay.worker.modal-api: https://");
        assertThatThrownBy(() -> options("https://e2b.example", "https://{id}.e2b.example", "https://daytona.example", "https://modal.example/api"))
                .hasMessageContaining("assay.worker.modal-api: a host and a port only");
    }

    private static AccountOptions options(String api, String sandboxes) {
        return options(api, sandboxes, "https://daytona.example/api", "https://modal.example");
    }

    private static AccountOptions options(String e2b, String sandboxes, String daytona, String modal) {
        var pending = Duration.ofMinutes(15);
        return new AccountOptions(URI.create(e2b), sandboxes, pending, URI.create(daytona), pending, URI.create(modal), pending, "");
    }
}
