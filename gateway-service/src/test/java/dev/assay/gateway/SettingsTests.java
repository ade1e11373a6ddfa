// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;

/** What the operator's manual promises: environment variables and defaults. */
class SettingsTests {

    private static StandardEnvironment environment(Map<String, Object> variables) throws Exception {
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new SystemEnvironmentPropertySource("variables", variables));
        new YamlPropertySourceLoader().load("file", new ClassPathResource("gateway-service.yml"))
                .forEach(environment.getPropertySources()::addLast);
        return environment;
    }

    @Test
    void defaultsAreAsTheManualSays() throws Exception {
        var environment = environment(Map.of());
        assertThat(environment.getProperty("server.port")).isEqualTo("7300");
        assertThat(environment.getProperty("assay.admin-token")).isEmpty();
        assertThat(environment.getProperty("assay.public-url")).isEmpty();
        assertThat(environment.getProperty("assay.trusted-proxies")).isEqualTo("127.0.0.0/8,::1");
        assertThat(environment.getProperty("assay.clients.head")).isEqualTo("15s");
        assertThat(environment.getProperty("assay.clients.slowest")).isEqualTo("1KB");
        assertThat(environment.getProperty("assay.clients.swallow")).isEqualTo("2MB");
        assertThat(environment.getProperty("assay.scripts")).isEmpty();
        assertThat(environment.getProperty("assay.sign-in.lifetime")).isEqualTo("12h");
        assertThat(environment.getProperty("assay.inference.timeout")).isEqualTo("10m");
        assertThat(environment.getProperty("assay.body.largest")).isEqualTo("64MB");
        assertThat(environment.getProperty("assay.inference.keep-alive")).isEqualTo("15s");
    }

    @Test
    void variablesWin() throws Exception {
        var environment = environment(Map.of("ASSAY_ADMIN_TOKEN", "secret", "ASSAY_SCRIPTS", "/scripts", "SERVER_PORT", "80"));
        assertThat(environment.getProperty("assay.admin-token")).isEqualTo("secret");
        assertThat(environment.getProperty("assay.scripts")).isEqualTo("/scripts");
        assertThat(environment.getProperty("server.port")).isEqualTo("80");
    }
}
