// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import dev.assay.sdk.runtimes.PullFailure;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a pod's status comes to for the sandbox that it is.
 *
 * @param because a sentence without its subject's name; empty if there is nothing to say
 */
record PodState(Phase phase, String because) {

    enum Phase {
        /** For a node, for its images, or for the walls. */
        WAITING,
        RUNNING,
        /** It cannot be run as it is asked for. */
        REFUSED,
        ENDED,
        /** Through no fault of its own. */
        LOST
    }

    /** How it begins where nodes have no place for it. */
    static final String NO_NODE = "no node takes it: ";

    private static final Set<String> NEVER_PULLED = Set.of("InvalidImageName", "ErrImageNeverPull");
    private static final Set<String> NOT_PULLED = Set.of("ErrImagePull", "ImagePullBackOff");
    private static final Set<String> NOT_STARTED = Set.of("CreateContainerError", "RunContainerError", "StartError", "ContainerCannotRun");
    private static final Set<String> OWN_DISK = Set.of("ephemeral local storage usage exceeds", "exceeded its local ephemeral storage limit");

    static PodState of(@Nullable Pod pod) {
        if (pod == null) {
            return new PodState(Phase.LOST, "its pod was removed");
        }
        var status = Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
        return ofWhole(status)
                .or(() -> letOut(status))
                .or(() -> container(status.getContainerStatuses(), SandboxPod.ENVIRONMENT).flatMap(PodState::ofEnvironment))
                .or(() -> status.getInitContainerStatuses().stream().flatMap(wall -> ofOwn(wall).stream()).findFirst())
                .or(() -> failed(status))
                .orElseGet(() -> new PodState(Phase.WAITING, waitsFor(status)));
    }

    /** What was done to all of it: its container then only tells of the signal that ended it. */
    private static Optional<PodState> ofWhole(PodStatus status) {
        var message = text(status.getMessage());
        if ("Evicted".equals(status.getReason())) {
            return Optional.of(OWN_DISK.stream().anyMatch(message::contains)
                    ? new PodState(Phase.ENDED, "it wrote more than it may: " + message)
                    : new PodState(Phase.LOST, "its node put it out: " + message));
        }
        if ("DeadlineExceeded".equals(status.getReason())) {
            return Optional.of(new PodState(Phase.ENDED, "its time was over"));
        }
        return condition(status, "DisruptionTarget", "True")
                .map(condition -> new PodState(Phase.LOST, "the cluster took its place away: " + text(condition.getMessage())));
    }

    /** The relay is begun anew when it has ended, while the environment runs on: so what counts is also how it ended before. */
    private static Optional<PodState> letOut(PodStatus status) {
        return container(status.getInitContainerStatuses(), SandboxPod.RELAY_NAME).stream()
                .flatMap(relay -> Stream.of(relay.getState(), relay.getLastState()))
                .filter(state -> state != null && state.getTerminated() != null)
                .map(ContainerState::getTerminated)
                .filter(ended -> Objects.equals(ended.getExitCode(), SandboxPod.LETS_OUT))
                .map(ended -> new PodState(Phase.LOST, text(ended.getMessage()).isBlank() ? "the cluster lets a sandbox out" : ended.getMessage().strip()))
                .findFirst();
    }

    private static Optional<PodState> ofEnvironment(ContainerStatus status) {
        var state = status.getState();
        if (state == null) {
            return Optional.empty();
        }
        if (state.getTerminated() != null) {
            var ended = state.getTerminated();
            if ("OOMKilled".equals(ended.getReason())) {
                return Optional.of(new PodState(Phase.ENDED, "it used more memory than its limit"));
            }
            return Optional.of(NOT_STARTED.contains(text(ended.getReason()))
                    ? new PodState(Phase.REFUSED, "it cannot be started: " + text(ended.getMessage()))
                    : new PodState(Phase.ENDED, "exited with code " + ended.getExitCode()));
        }
        if (state.getRunning() != null) {
            return Optional.of(new PodState(Phase.RUNNING, ""));
        }
        if (state.getWaiting() == null) {
            return Optional.empty();
        }
        var reason = text(state.getWaiting().getReason());
        var message = text(state.getWaiting().getMessage());
        // its node tries again by itself: what passes is waited for, as long as a pod may wait
        if (NEVER_PULLED.contains(reason) || NOT_PULLED.contains(reason) && PullFailure.isTheImages(message)) {
            return Optional.of(new PodState(Phase.REFUSED, "it cannot be pulled: " + (message.isEmpty() ? reason : message)));
        }
        if (NOT_STARTED.contains(reason)) {
            return Optional.of(new PodState(Phase.REFUSED, "it cannot be started: " + message));
        }
        return reason.equals("CreateContainerConfigError")
                ? Optional.of(new PodState(Phase.LOST, "the cluster refuses its pod: " + message))
                : Optional.empty();
    }

    /** Of the relay or the wall: those are ours. */
    private static Optional<PodState> ofOwn(ContainerStatus status) {
        var state = status.getState();
        if (state == null) {
            return Optional.empty();
        }
        var ended = state.getTerminated();
        if (ended != null && !Objects.equals(ended.getExitCode(), 0)) {
            return Optional.of(new PodState(Phase.LOST, text(ended.getMessage()).isBlank()
                    ? "its " + status.getName() + " exited with code " + ended.getExitCode()
                    : ended.getMessage().strip()));
        }
        var waiting = state.getWaiting();
        return waiting != null && (NEVER_PULLED.contains(text(waiting.getReason())) || "ImagePullBackOff".equals(waiting.getReason()))
                ? Optional.of(new PodState(Phase.LOST, "the image of its " + status.getName() + " cannot be pulled: " + text(waiting.getMessage())))
                : Optional.empty();
    }

    /** A node that would not have it, or that is going away. */
    private static Optional<PodState> failed(PodStatus status) {
        return "Failed".equals(status.getPhase())
                ? Optional.of(new PodState(Phase.LOST, ("its pod failed: " + text(status.getReason()) + " " + text(status.getMessage())).strip()))
                : Optional.empty();
    }

    private static String waitsFor(PodStatus status) {
        return condition(status, "PodScheduled", "False")
                .map(condition -> NO_NODE + text(condition.getMessage()))
                .orElseGet(() -> Stream.concat(status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                        .map(ContainerStatus::getState)
                        .filter(state -> state != null && state.getWaiting() != null && state.getWaiting().getMessage() != null)
                        .map(state -> state.getWaiting().getMessage())
                        .findFirst()
                        .orElse("its images were not there, or its walls did not stand"));
    }

    private static Optional<ContainerStatus> container(List<ContainerStatus> all, String name) {
        return all.stream().filter(status -> name.equals(status.getName())).findFirst();
    }

    private static Optional<PodCondition> condition(PodStatus status, String type, String value) {
        return status.getConditions().stream()
                .filter(condition -> type.equals(condition.getType()) && value.equals(condition.getStatus()))
                .findFirst();
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
