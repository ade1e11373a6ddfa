// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.model.Container;
import dev.assay.sdk.runtimes.SandboxLabel;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/**
 * What is written on each container, so that it can be ended by somebody who did not start it.
 *
 * @param sandbox which the container belongs to
 * @param deadline after which nobody needs it any more
 */
record DockerLabels(String installation, String owner, String sandbox, String run, String attempt, Instant deadline) {

    static final String SANDBOX = "dev.assay.sandbox";
    static final String OWNER = "dev.assay.worker";
    private static final String INSTALLATION = "dev.assay.installation";
    private static final String RUN = "dev.assay.run";
    private static final String ATTEMPT = "dev.assay.attempt";
    private static final String DEADLINE = "dev.assay.deadline";

    static DockerLabels of(String installation, String owner, String sandbox, SandboxLabel label, Instant deadline) {
        return new DockerLabels(installation, owner, sandbox, label.run(), Integer.toString(label.attempt()), deadline);
    }

    Map<String, String> written() {
        return Map.of(
                INSTALLATION, installation, OWNER, owner, SANDBOX, sandbox, RUN, run, ATTEMPT, attempt, DEADLINE, deadline.toString());
    }

    /** Of a container; whoever got one that was started for nobody is told by its name alone. */
    static DockerLabels read(Container container) {
        var labels = read(container.getLabels());
        return SandboxContainer.of(container.getNames())
                .map(run -> new DockerLabels(
                        labels.installation, labels.owner, labels.sandbox, run.run(), Integer.toString(run.attempt()), labels.deadline))
                .orElse(labels);
    }

    /** Whose it is; empty if that cannot be read. */
    Optional<SandboxLabel> of() {
        return SandboxLabel.read(run, attempt);
    }

    /** A deadline that cannot be read is none of ours, and never over. */
    static DockerLabels read(Map<String, String> written) {
        Instant deadline;
        try {
            deadline = Instant.parse(written.getOrDefault(DEADLINE, ""));
        } catch (DateTimeParseException e) {
            deadline = Instant.MAX;
        }
        return new DockerLabels(
                written.getOrDefault(INSTALLATION, ""), written.getOrDefault(OWNER, ""), written.getOrDefault(SANDBOX, ""),
                written.getOrDefault(RUN, ""), written.getOrDefault(ATTEMPT, ""), deadline);
    }
}
