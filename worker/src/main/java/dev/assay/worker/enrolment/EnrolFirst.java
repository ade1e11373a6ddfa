// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.enrolment;

import dev.assay.contracts.internal.WorkerHello;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Before anything of a worker starts that has a credential: it asks who it is, and where the others are. */
public final class EnrolFirst implements EnvironmentPostProcessor, Ordered {

    /** Whether this worker came by a credential. */
    static final String ENROLLED = "assay.worker.enrolled";

    private static final long PAUSE_MILLIS = 2000;

    /** When the files of settings were read. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        var credential = environment.getProperty("assay.worker.credential", "");
        // standalone has all services on one class path
        if (credential.isBlank() || !"worker".equals(environment.getProperty("spring.application.name"))) {
            return;
        }
        var hello = hello(environment);
        var said = answered(hello);
        environment.getPropertySources().addFirst(new MapPropertySource("enrolment", Map.of(
                ENROLLED, true,
                "assay.worker.issuer", WorkerHello.PREFIX.substring(0, WorkerHello.PREFIX.length() - 1),
                "assay.worker.name", said.name(),
                "assay.gateway-url", said.gatewayUrl(),
                "assay.environment-url", said.environmentUrl(),
                "assay.keys.own", "",
                "assay.keys.public", hello.believed().toString())));
    }

    static Hello hello(org.springframework.core.env.Environment environment) {
        return new Hello(
                URI.create(environment.getRequiredProperty("assay.job-url")),
                environment.getRequiredProperty("assay.worker.credential"),
                Path.of(environment.getRequiredProperty("assay.data")).resolve("worker").resolve("believed"));
    }

    private static WorkerHello answered(Hello hello) {
        var reason = "";
        while (true) {
            try {
                return hello.say();
            } catch (Hello.Refused e) {
                throw new IllegalStateException(e.getMessage(), e);
            } catch (IOException e) {
                if (!reason.equals(e.toString())) {
                    reason = e.toString();
                    // the log is not there yet
                    System.err.println("job-service is waited for at " + hello.jobUrl() + ": " + reason);
                }
                pause();
            } catch (InterruptedException e) {
                throw ended(e);
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw ended(e);
        }
    }

    private static IllegalStateException ended(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("told to end before job-service answered", e);
    }
}
