// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.report;

import dev.assay.worker.WorkerSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/** What a worker says it has, and how often. {@code worker.yml} explains each. */
@ConfigurationProperties("assay.worker")
record ReportSettings(
        @DefaultValue("5s") Duration reportEvery, @DefaultValue("10m") Duration drainWithin, @DefaultValue Capacity capacity) {

    /** What all sandboxes of this worker share. 0: what the machine has. */
    record Capacity(@DefaultValue("0") double cpus, @DefaultValue("0B") DataSize memory, @DefaultValue("0") int gpus) {

        double cpusOr(double machines) {
            return cpus > 0 ? cpus : machines;
        }

        long memoryMb() {
            return memory.toBytes() > 0 ? memory.toMegabytes() : WorkerSettings.machinesMemory() >> 20;
        }
    }
}
