// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import dev.assay.sdk.runtimes.Remains;
import dev.assay.sdk.runtimes.SandboxLabel;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What is written on whatever a sandbox has in the cluster, so that it can be deleted by somebody who did not make it.
 *
 * @param owner the worker whose it is
 * @param deadline after which nobody needs it any more
 */
record PodLabels(String installation, String owner, String sandbox, String run, String attempt, Instant deadline) {

    static final String SANDBOX = "dev.assay/sandbox";
    static final String OWNER = "dev.assay/worker";
    private static final String INSTALLATION = "dev.assay/installation";
    private static final String RUN = "dev.assay/run";
    private static final String ATTEMPT = "dev.assay/attempt";
    private static final String DEADLINE = "dev.assay/deadline";
    private static final int LONGEST = 63;

    static PodLabels of(String installation, String owner, String sandbox, SandboxLabel label, Instant deadline) {
        return new PodLabels(installation, owner, sandbox, label.run(), Integer.toString(label.attempt()), deadline);
    }

    /** Those that say which run's it is. */
    static Map<String, String> whose(SandboxLabel label) {
        return Map.of(RUN, value(label.run()), ATTEMPT, Integer.toString(label.attempt()));
    }

    /** The deadline in seconds since 1970: a label takes no colons. */
    Map<String, String> written() {
        return Map.of(
                INSTALLATION, value(installation), OWNER, value(owner), SANDBOX, sandbox, RUN, value(run), ATTEMPT, attempt,
                DEADLINE, Long.toString(deadline.getEpochSecond()));
    }

    /** What a label takes: letters, digits, and within them {@code - _ .}, no more than 63. */
    static String value(String text) {
        var plain = text.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^[._-]+|[._-]+$", "");
        return plain.length() > LONGEST ? plain.substring(0, LONGEST).replaceAll("[._-]+$", "") : plain;
    }

    /** A deadline that cannot be read is none of ours, and never over. */
    static PodLabels read(Map<String, String> written) {
        Instant deadline;
        try {
            deadline = Instant.ofEpochSecond(Long.parseLong(written.getOrDefault(DEADLINE, "")));
        } catch (NumberFormatException | DateTimeException e) {
            deadline = Instant.MAX;
        }
        return new PodLabels(
                written.getOrDefault(INSTALLATION, ""), written.getOrDefault(OWNER, ""), written.getOrDefault(SANDBOX, ""),
                written.getOrDefault(RUN, ""), written.getOrDefault(ATTEMPT, ""), deadline);
    }

    /** Whose it is; empty if that cannot be read. */
    Optional<SandboxLabel> of() {
        return SandboxLabel.read(run, attempt);
    }

    /** @param open whether the asking worker has a sandbox of this id */
    boolean isLeft(Instant now, KubernetesSettings settings, Predicate<String> open) {
        return new Remains(value(settings.installation()), value(settings.owner()), settings.lives(), open)
                .include(now, installation, owner, sandbox, deadline);
    }
}
