// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts one service's own Spring context. Several may live in one JVM: each reads its own configuration file and no other. */
public final class ServiceStart {

    private ServiceStart() {}

    /**
     * @param application the service's {@code @SpringBootApplication} class
     * @param name the service's name, for example {@code job-service}: {@code <name>.yml} on the class path configures it
     * @param arguments command line arguments, {@code --key=value}: they win over environment variables
     */
    public static ConfigurableApplicationContext run(Class<?> application, String name, String... arguments) {
        forgetThePlace();
        // One logback.xml for all: Boot's own logging system is one per JVM and two contexts that start together break it.
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        if (!SLF4JBridgeHandler.isInstalled()) {
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
        }
        Map<String, Object> defaults = new HashMap<>();
        defaults.put("spring.config.name", name);
        defaults.put("spring.application.name", name);
        defaults.put("spring.main.banner-mode", "off");
        return new SpringApplicationBuilder(application)
                .web(WebApplicationType.SERVLET)
                .properties(defaults)
                .run(arguments);
    }

    /**
     * Whoever starts the process has a language and a time zone; what it says and stores has none. Libraries ask the JVM for them (the
     * database's driver tells them to the database), so they are settled for the whole of it.
     */
    public static void forgetThePlace() {
        Locale.setDefault(Locale.ROOT);
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    }
}
