// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

class RunSettingsTests {

    @Test
    void theDefaultsAreThoseThatTheFileExplains() throws IOException {
        var settings = bind(Map.of());
        assertThat(settings.rules()).isEqualTo(new RunRules(
                        Duration.ofSeconds(15), RetryPolicy.of(2, Duration.ofSeconds(1), Duration.ofMinutes(1)), Duration.ofMinutes(30), Duration.ofMinutes(1), Duration.ofHours(1)));
        assertThat(settings.run().timeout()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.sweep().interval()).isEqualTo(Duration.ofSeconds(1));
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new YamlPropertySourceLoader()
                .load("file", new ClassPathResource("job-service.yml"))
                .getLast());
        var explained = Binder.get(environment).bind("assay", RunSettings.class).get();
        assertThat(explained).isEqualTo(settings);
    }

    @Test
    void everyKeyIsRead() {
        var settings = bind(Map.of(
                "assay.lease.ttl", "4s",
                "assay.lease.max-attempts", "5",
                "assay.retry.first", "9s",
                "assay.run.preparation", "8m",
                "assay.run.timeout", "2m",
                "assay.run.longest", "3h",
                "assay.run.timeout-grace", "3s",
                "assay.abandoned-after", "6m",
                "assay.sweep.interval", "7s"));
        assertThat(settings)
                .isEqualTo(new RunSettings(
                        new RunSettings.Lease(Duration.ofSeconds(4), 5),
                        new RunSettings.Run(Duration.ofMinutes(8), Duration.ofMinutes(2), Duration.ofHours(3), Duration.ofSeconds(3)),
                        new RunSettings.Retry(Duration.ofSeconds(9), Duration.ofMinutes(1)),
                        Duration.ofMinutes(6),
                        new RunSettings.Sweep(Duration.ofSeconds(7))));
    }

    private static RunSettings bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("assay", RunSettings.class);
    }
}
