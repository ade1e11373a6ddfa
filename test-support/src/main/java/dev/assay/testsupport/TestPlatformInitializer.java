// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Points a service under test at the shared Postgres and Kafka. Use with {@code @ContextConfiguration(initializers = …)} beside
 * {@code @SpringBootTest(properties = "spring.config.name=<service>", webEnvironment = RANDOM_PORT)}.
 */
public final class TestPlatformInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        var service = context.getEnvironment().getRequiredProperty("spring.config.name");
        try {
            TestPropertyValues.of(
                            "assay.database.url=" + TestPlatform.databaseUrl(),
                            "assay.database.user=postgres",
                            "assay.database.password=postgres",
                            "assay.kafka=" + TestPlatform.kafka(),
                            "assay.kafka-password=" + TestPlatform.passwordOf("${spring.application.name}"),
                            "assay.data=" + Files.createTempDirectory("assay-test-"))
                    .and(TestPlatform.keySettings(service).toArray(String[]::new))
                    .applyTo(context);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
