// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.compose;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One service of a project.
 *
 * @param image to run, or to begin with where files are added; null: it is built
 * @param build null: the image is there
 * @param files of the uploaded folder that its image gets, where Compose would mount them
 * @param entrypoint null: the image's
 * @param command null: the image's
 * @param networkOf the service whose network it has; null: one of its own
 * @param hasNetwork false: none but a loopback device
 * @param networks that it is in, with its other names there
 * @param scratch folders in memory that are its alone
 * @param dependsOn which services, and how far they must have come
 * @param starts false: it is only built
 * @param memoryBytes the most that it may have, if less than it is given; null: it does not say. Likewise the processors and processes
 */
public record ComposeService(
        String name,
        @Nullable String image,
        @Nullable ComposeBuild build,
        List<FileCopy> files,
        Map<String, String> environment,
        @Nullable List<String> entrypoint,
        @Nullable List<String> command,
        @Nullable String workingDir,
        @Nullable String user,
        @Nullable HealthCheck healthCheck,
        @Nullable String networkOf,
        boolean hasNetwork,
        Map<String, List<String>> networks,
        List<VolumeMount> volumes,
        List<String> scratch,
        Map<String, Condition> dependsOn,
        boolean starts,
        @Nullable String restart,
        boolean readOnly,
        boolean init,
        @Nullable Long memoryBytes,
        @Nullable Double cpus,
        @Nullable Long processes) {

    /** How far a service must have come for those that depend on it. */
    public enum Condition {
        SERVICE_STARTED,
        SERVICE_HEALTHY,
        SERVICE_COMPLETED_SUCCESSFULLY
    }

    /** A named volume at a path. */
    public record VolumeMount(String volume, String target, boolean readOnly) {}

    /**
     * A file or folder that an image gets.
     *
     * @param source relative to the uploaded folder
     */
    public record FileCopy(String source, String target) {}

    /**
     * How it is told whether a service is well.
     *
     * @param test as Compose has it: {@code NONE}, {@code CMD} or {@code CMD-SHELL}, and what follows; null: the image's
     */
    public record HealthCheck(
            @Nullable List<String> test, @Nullable Duration interval, @Nullable Duration timeout, @Nullable Duration startPeriod,
            @Nullable Integer retries) {

        public boolean isOff() {
            return test != null && test.getFirst().equals("NONE");
        }
    }

    /** What its image is made of besides an image that is there; the same for services whose images are the same. */
    public boolean isBuilt() {
        return build != null || !files.isEmpty();
    }

    /** Under which what was built of it is found again: another project's service with the same name and the same recipe has the same. */
    public String buildKey() {
        var recipe = build + "\n" + (build == null ? image : "") + "\n" + files;
        return name.toLowerCase(java.util.Locale.ROOT) + "-" + ComposeBuild.digest(recipe);
    }
}
