// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTests {

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "192.0.2.7", "::"})
    void openSandboxesAndAnOpenDoorDoNotGoTogether(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.from(Map.of("ASSAY_ADDRESS", address, "ASSAY_ISOLATION", "off")))
                .withMessageContaining(address);
        assertThat(Settings.from(Map.of("ASSAY_ADDRESS", address)).address()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "no", "preferred", ""})
    void isolationIsRequiredOrOffAndNothingInBetween(String isolation) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.from(Map.of("ASSAY_ISOLATION", isolation)))
                .withMessageContaining("'required' or 'off'");
    }

    @Test
    void aTrainerRunsHereUnlessItIsSwitchedOff() {
        assertThat(Settings.from(Map.of()).trainer()).isTrue();
        assertThat(Settings.from(Map.of("ASSAY_STANDALONE_TRAINER", "false")).trainer()).isFalse();
        assertThat(Settings.from(Map.of("ASSAY_PORT", "8300")).trainerPort()).isEqualTo(8307);
    }

    @Test
    void openSandboxesAreForWhoSitsAtTheMachine() {
        for (var address : new String[] {"127.0.0.1", "localhost", "::1"}) {
            assertThat(Settings.from(Map.of("ASSAY_ADDRESS", address, "ASSAY_ISOLATION", "off")).address()).isEqualTo(address);
        }
        assertThat(Settings.from(Map.of("ASSAY_ISOLATION", "OFF")).address()).isEqualTo("127.0.0.1");
        // only what was looked at here counts for the worker, too
        assertThat(Settings.from(Map.of("ASSAY_WORKER_ISOLATION", "off", "ASSAY_ADDRESS", "0.0.0.0")).isolation()).isEqualTo("required");
        // no worker, no sandboxes
        var doorOnly = Map.of("ASSAY_ADDRESS", "0.0.0.0", "ASSAY_ISOLATION", "off", "ASSAY_STANDALONE_WORKER", "false");
        assertThat(Settings.from(doorOnly).worker()).isFalse();
    }
}
