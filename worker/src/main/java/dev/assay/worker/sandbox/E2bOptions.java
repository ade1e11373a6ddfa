// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.e2b.E2bSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** See {@code worker.yml} for what each means. */
@ConfigurationProperties("assay.worker")
record E2bOptions(
        @DefaultValue("https://api.e2b.app") URI e2bApi,
        @DefaultValue("https://49983-{id}.e2b.app") String e2bSandboxes,
        @DefaultValue("15m") Duration e2bPending,
        @DefaultValue("") String publicGateway) {

    private static final Pattern LOOPBACK = Pattern.compile("http://(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d+)?(/[^@]*)?");

    E2bOptions {
        if (!publicGateway.isEmpty() && !publicGateway.startsWith("https://")) {
            throw new IllegalArgumentException("assay.worker.public-gateway: https://… only, since runs' keys go there: " + publicGateway);
        }
        requireSealed("e2b-api", e2bApi.toString());
        requireSealed("e2b-sandboxes", e2bSandboxes);
    }

    /** On this machine nobody listens in. */
    private static void requireSealed(String setting, String address) {
        if (!address.startsWith("https://") && !LOOPBACK.matcher(address).matches()) {
            throw new IllegalArgumentException("assay.worker." + setting + ": https://… only, since teams' keys and runs' variables go there: " + address);
        }
    }

    E2bSettings settings(Path sockets, String installation, String owner, Predicate<String> lives) {
        return new E2bSettings(e2bApi, e2bSandboxes, gateway(), e2bPending, sockets, installation, owner, lives);
    }

    private @Nullable URI gateway() {
        return publicGateway.isEmpty() ? null : URI.create(publicGateway.replaceAll("/+$", ""));
    }
}
