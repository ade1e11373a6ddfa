// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
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
        var settings = bind(Map.ofEntries(
                Map.entry("assay.lease.ttl", "4s"),
                Map.entry("assay.lease.max-attempts", "5"),
                Map.entry("assay.retry.first", "9s"),
                Map.entry("assay.run.preparation", "8m"),
                Map.entry("assay.run.timeout", "2m"),
                Map.entry("assay.run.longest", "3h"),
                Map.entry("assay.run.timeout-grace", "3s"),
                Map.entry("assay.abandoned-after", "6m"),
                Map.entry("assay.sweep.interval", "7s"),
                Map.entry("assay.limits.team", "9"),
                Map.entry("assay.limits.models", "large=8, a/b=c=7")));
        assertThat(settings)
                .isEqualTo(new RunSettings(
                        new RunSettings.Lease(Duration.ofSeconds(4), 5),
                        new RunSettings.Run(Duration.ofMinutes(8), Duration.ofMinutes(2), Duration.ofHours(3), Duration.ofSeconds(3)),
                        new RunSettings.Retry(Duration.ofSeconds(9), Duration.ofMinutes(1)),
                        Duration.ofMinutes(6),
                        new RunSettings.Sweep(Duration.ofSeconds(7)),
                        new RunSettings.Limits(9, List.of("large=8", "a/b=c=7"))));
        assertThat(settings.limits().fair()).isEqualTo(new FairOrder.Limits(9, Map.of(), Map.of("large", 8, "a/b=c", 7)));
        assertThatThrownBy(() -> new RunSettings.Limits(0, List.of("large=0")).fair()).hasMessageContaining("'large=0' is not MODEL=NUMBER");
    }

    private static RunSettings bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("assay", RunSettings.class);
    }
}
