// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/** See {@code worker.yml} for what each means. */
@ConfigurationProperties("assay.worker")
public record WorkerSettings(
        @DefaultValue("worker") String issuer,
        @DefaultValue("") String name,
        @DefaultValue("0") int slots,
        @DefaultValue("15s") Duration poll,
        @DefaultValue("2s") Duration renewEvery,
        @DefaultValue("") String cache,
        @DefaultValue("") String agentPrograms,
        @DefaultValue("") String agentJars,
        @DefaultValue("required") Isolation isolation,
        @DefaultValue("true") boolean forks,
        @DefaultValue("true") boolean spares,
        @DefaultValue("120s") Duration startupTimeout,
        @DefaultValue("2GB") DataSize memory,
        @DefaultValue("512") int processes,
        @DefaultValue("10GB") DataSize disk,
        @DefaultValue("0B") DataSize maxMemory,
        @DefaultValue("100GB") DataSize maxDisk,
        @DefaultValue("0") double maxCpus,
        @DefaultValue("60s") Duration reapEvery,
        @DefaultValue("1GB") DataSize spool) {

    /** What this worker demands of the machine before it runs anybody's program. */
    public enum Isolation {
        /** Walls around every sandbox, or no work at all. */
        REQUIRED,

        /** None: environments see the machine as the worker does. */
        OFF
    }

    public WorkerSettings {
        name = name.isBlank() ? hostName() + "-" + UUID.randomUUID().toString().substring(0, 8) : name;
        slots = slots > 0 ? slots : Math.max(2, 2 * Runtime.getRuntime().availableProcessors());
        maxMemory = maxMemory.toBytes() > 0 ? maxMemory : DataSize.ofBytes(machinesMemory());
        maxCpus = maxCpus > 0 ? maxCpus : Runtime.getRuntime().availableProcessors();
    }

    /** Bytes. */
    public static long machinesMemory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "worker";
        }
    }
}
