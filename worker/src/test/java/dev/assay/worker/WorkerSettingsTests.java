// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class WorkerSettingsTests {

    @Test
    void sayNothingAndGetTheDefaults() {
        var settings = bound(Map.of());
        assertThat(settings.slots()).isGreaterThanOrEqualTo(2);
        assertThat(settings.name()).isNotBlank();
        assertThat(settings.poll()).isEqualTo(Duration.ofSeconds(15));
        assertThat(settings.isolation()).isEqualTo(WorkerSettings.Isolation.REQUIRED);
        assertThat(settings.memory()).isEqualTo(DataSize.ofGigabytes(2));
        assertThat(settings.disk()).isEqualTo(DataSize.ofGigabytes(10));
        assertThat(settings.maxMemory().toBytes()).isPositive();
        assertThat(settings.maxCpus()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void areBoundByTheirNames() {
        var settings = bound(Map.of("assay.worker.name", "w1", "assay.worker.slots", "5", "assay.worker.startup-timeout", "30s",
                "assay.worker.isolation", "off"));
        assertThat(settings.name()).isEqualTo("w1");
        assertThat(settings.slots()).isEqualTo(5);
        assertThat(settings.startupTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.isolation()).isEqualTo(WorkerSettings.Isolation.OFF);
    }

    private static WorkerSettings bound(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("assay.worker", WorkerSettings.class);
    }
}
