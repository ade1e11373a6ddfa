// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/** The configuration file is the operator's manual: what it says about defaults and variables must be so. */
class SettingsTests {

    @Test
    void defaultsAreAsRecorded() throws IOException {
        var settings = settings(Map.of());
        assertThat(settings.getProperty("assay.schema")).isEqualTo("environment");
        assertThat(settings.getProperty("server.port")).isEqualTo("7301");
        assertThat(settings.getProperty("assay.upload.lifetime")).isEqualTo("1h");
        assertThat(settings.getProperty("assay.upload.max-size")).isEqualTo("512MB");
        assertThat(settings.getProperty("assay.upload.max-unpacked-size")).isEqualTo("4GB");
        assertThat(settings.getProperty("assay.upload.max-entries")).isEqualTo("100000");
        assertThat(settings.getProperty("assay.build.lease")).isEqualTo("15s");
        assertThat(settings.getProperty("assay.build.max-attempts")).isEqualTo("3");
        assertThat(settings.getProperty("assay.build.max-log-lines")).isEqualTo("50000");
        assertThat(settings.getProperty("assay.body.largest")).isEqualTo("64MB");
    }

    @Test
    void variablesOfTheEnvironmentOverride() throws IOException {
        var settings = settings(Map.of("ASSAY_UPLOAD_MAX_SIZE", "1MB", "ASSAY_BUILD_LEASE", "1m", "SERVER_PORT", "1"));
        assertThat(settings.getProperty("assay.upload.max-size")).isEqualTo("1MB");
        assertThat(settings.getProperty("assay.build.lease")).isEqualTo("1m");
        assertThat(settings.getProperty("server.port")).isEqualTo("1");
    }

    private static StandardEnvironment settings(Map<String, Object> variables) throws IOException {
        var environment = new StandardEnvironment();
        var file = new YamlPropertySourceLoader().load("file", new ClassPathResource("environment-service.yml"));
        file.forEach(environment.getPropertySources()::addFirst);
        environment.getPropertySources().addFirst(new MapPropertySource("variables", variables));
        return environment;
    }
}
