// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/** See {@code trainer.yml} for what each means. */
@ConfigurationProperties("assay.trainer")
public record TrainerSettings(
        @DefaultValue("trainer") String issuer,
        @DefaultValue("") String name,
        @DefaultValue("0") int calls,
        @DefaultValue("15s") Duration poll,
        @DefaultValue("8") int sessions,
        @DefaultValue("16") int samplers,
        @DefaultValue("1GB") DataSize files) {

    public TrainerSettings {
        name = name.isBlank() ? hostName() + "-" + UUID.randomUUID().toString().substring(0, 8) : name;
        calls = calls > 0 ? calls : Runtime.getRuntime().availableProcessors();
        sessions = Math.max(sessions, calls);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "trainer";
        }
    }
}
