// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

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
        @DefaultValue("true") boolean isolation,
        @DefaultValue("120s") Duration startupTimeout,
        @DefaultValue("2GB") DataSize memory,
        @DefaultValue("512") int processes,
        @DefaultValue("60s") Duration reapEvery,
        @DefaultValue("20s") Duration lastSpans) {

    public WorkerSettings {
        name = name.isBlank() ? hostName() + "-" + UUID.randomUUID().toString().substring(0, 8) : name;
        slots = slots > 0 ? slots : Math.max(2, 2 * Runtime.getRuntime().availableProcessors());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "worker";
        }
    }
}
