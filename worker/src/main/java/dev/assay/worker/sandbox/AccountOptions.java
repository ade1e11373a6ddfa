// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.account.AccountWorker;
import dev.assay.sdk.runtimes.daytona.DaytonaSettings;
import dev.assay.sdk.runtimes.e2b.E2bSettings;
import dev.assay.sdk.runtimes.modal.ModalSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** Of runtimes that run images in teams' accounts; see {@code worker.yml} for what each means. */
@ConfigurationProperties("assay.worker")
record AccountOptions(
        @DefaultValue("https://api.e2b.app") URI e2bApi,
        @DefaultValue("https://49983-{id}.e2b.app") String e2bSandboxes,
        @DefaultValue("15m") Duration e2bPending,
        @DefaultValue("https://app.daytona.io/api") URI daytonaApi,
        @DefaultValue("15m") Duration daytonaPending,
        @DefaultValue("https://api.modal.com") URI modalApi,
        @DefaultValue("15m") Duration modalPending,
        @DefaultValue("") String publicGateway) {

    private static final Pattern LOOPBACK = Pattern.compile("http://(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d+)?(/[^@]*)?");

    AccountOptions {
        if (!publicGateway.isEmpty() && !publicGateway.startsWith("https://")) {
            throw new IllegalArgumentException("assay.worker.public-gateway: https://… only, since runs' keys go there: " + publicGateway);
        }
        requireSealed("e2b-api", e2bApi.toString());
        requireSealed("e2b-sandboxes", e2bSandboxes);
        requireSealed("daytona-api", daytonaApi.toString());
        requireSealed("modal-api", modalApi.toString());
        if (!modalApi.getRawPath().matches("/?") || modalApi.getRawQuery() != null || modalApi.getRawUserInfo() != null) {
            throw new IllegalArgumentException("assay.worker.modal-api: a host and a port only: " + modalApi);
        }
    }

    /** On this machine nobody listens in. */
    private static void requireSealed(String setting, String address) {
        if (!address.startsWith("https://") && !LOOPBACK.matcher(address).matches()) {
            throw new IllegalArgumentException("assay.worker." + setting + ": https://… only, since teams' keys and runs' variables go there: " + address);
        }
    }

    E2bSettings e2b() {
        return new E2bSettings(e2bApi, e2bSandboxes, e2bPending);
    }

    DaytonaSettings daytona() {
        return new DaytonaSettings(daytonaApi, daytonaPending);
    }

    ModalSettings modal() {
        return new ModalSettings(modalApi, modalPending);
    }

    AccountWorker worker(String installation, String owner, Predicate<String> lives, Path sockets) {
        return new AccountWorker(installation, owner, lives, sockets, gateway());
    }

    private @Nullable URI gateway() {
        return publicGateway.isEmpty() ? null : URI.create(publicGateway.replaceAll("/+$", ""));
    }
}
