// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.runtimes.kubernetes.PodState.Phase;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Statuses as kubelets, schedulers and controllers write them. */
class PodStateTests {

    @Test
    void aPodThatNobodyHasLookedAtWaits() {
        assertThat(PodState.of(new Pod()).phase()).isEqualTo(Phase.WAITING);
        var unschedulable = state("""
                {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable,
                  message: "0/3 nodes are available: 3 Insufficient nvidia.com/gpu."}]}""");
        assertThat(unschedulable).isEqualTo(new PodState(Phase.WAITING, "no node takes it: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu."));
        assertThat(state("{phase: Pending, containerStatuses: [{name: environment, state: {waiting: {reason: ErrImagePull, message: later}}}]}"))
                .as("it is tried again").isEqualTo(new PodState(Phase.WAITING, "later"));
    }

    @Test
    void oneWhoseEnvironmentRunsRuns() {
        assertThat(state("""
                {phase: Running, initContainerStatuses: [{name: relay, state: {running: {}}}, {name: wall, state: {terminated: {exitCode: 0}}}],
                 containerStatuses: [{name: environment, state: {running: {startedAt: "2026-01-01T00:00:00Z"}}}]}""").phase())
                .isEqualTo(Phase.RUNNING);
    }

    @Test
    void whatCannotBePulledOrStartedIsRefused() {
        for (var reason : List.of("ErrImagePull", "ImagePullBackOff")) {
            assertThat(environment("{waiting: {reason: " + reason + ", message: \"failed to resolve reference: x: not found\"}}"))
                    .isEqualTo(new PodState(Phase.REFUSED, "it cannot be pulled: failed to resolve reference: x: not found"));
            assertThat(environment("{waiting: {reason: " + reason + ", message: \"dial tcp: connection refused\"}}"))
                    .as("the registry may come back").isEqualTo(new PodState(Phase.WAITING, "dial tcp: connection refused"));
        }
        assertThat(environment("{waiting: {reason: InvalidImageName}}")).isEqualTo(new PodState(Phase.REFUSED, "it cannot be pulled: InvalidImageName"));
        assertThat(environment("{terminated: {reason: StartError, exitCode: 128, message: \"exec: no such file\"}}"))
                .isEqualTo(new PodState(Phase.REFUSED, "it cannot be started: exec: no such file"));
    }

    @Test
    void anEnvironmentEndsByItselfOrByItsLimits() {
        assertThat(environment("{terminated: {reason: Error, exitCode: 3}}")).isEqualTo(new PodState(Phase.ENDED, "exited with code 3"));
        assertThat(environment("{terminated: {reason: OOMKilled, exitCode: 137}}"))
                .isEqualTo(new PodState(Phase.ENDED, "it used more memory than its limit"));
        assertThat(state("{phase: Failed, reason: DeadlineExceeded, message: \"Pod was active on the node longer than the specified deadline\"}"))
                .isEqualTo(new PodState(Phase.ENDED, "its time was over"));
        assertThat(state("{phase: Failed, reason: Evicted, message: \"Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. \"}")
                .phase()).isEqualTo(Phase.ENDED);
    }

    @Test
    void whatItsNodeOrItsClusterDidToItIsALossWhateverItsContainerSays() {
        assertThat(state("""
                {phase: Failed, reason: Evicted, message: "The node was low on resource: memory.",
                 containerStatuses: [{name: environment, state: {terminated: {reason: Error, exitCode: 137}}}]}"""))
                .isEqualTo(new PodState(Phase.LOST, "its node put it out: The node was low on resource: memory."));
        assertThat(state("""
                {phase: Failed, conditions: [{type: DisruptionTarget, status: "True", reason: PreemptionByScheduler, message: "preempting"}],
                 containerStatuses: [{name: environment, state: {terminated: {reason: Error, exitCode: 137}}}]}"""))
                .isEqualTo(new PodState(Phase.LOST, "the cluster took its place away: preempting"));
        assertThat(state("{phase: Failed, reason: UnexpectedAdmissionError, message: \"no such device\"}"))
                .isEqualTo(new PodState(Phase.LOST, "its pod failed: UnexpectedAdmissionError no such device"));
        assertThat(PodState.of(null)).isEqualTo(new PodState(Phase.LOST, "its pod was removed"));
    }

    @Test
    void oneThatGetsOutIsLostThoughItsEnvironmentRuns() {
        assertThat(state("""
                {phase: Running, initContainerStatuses: [{name: relay, state: {running: {}}, lastState: {terminated: {exitCode: 3, message: "out\n"}}}],
                 containerStatuses: [{name: environment, state: {running: {}}}]}"""))
                .isEqualTo(new PodState(Phase.LOST, "out"));
        assertThat(state("""
                {phase: Running, initContainerStatuses: [{name: relay, state: {running: {}}, lastState: {terminated: {exitCode: 137}}}],
                 containerStatuses: [{name: environment, state: {running: {}}}]}""").phase())
                .isEqualTo(Phase.RUNNING);
    }

    @Test
    void whatIsOursIsNotItsFault() {
        assertThat(state("""
                {phase: Failed, initContainerStatuses: [{name: wall, state: {terminated: {exitCode: 1, message: "the cluster lets a sandbox out\\n"}}}],
                 containerStatuses: [{name: environment, state: {waiting: {reason: PodInitializing}}}]}"""))
                .isEqualTo(new PodState(Phase.LOST, "the cluster lets a sandbox out"));
        assertThat(state("{phase: Pending, initContainerStatuses: [{name: relay, state: {waiting: {reason: ImagePullBackOff, message: gone}}}]}"))
                .isEqualTo(new PodState(Phase.LOST, "the image of its relay cannot be pulled: gone"));
        assertThat(environment("{waiting: {reason: CreateContainerConfigError, message: \"secret not found\"}}").phase()).isEqualTo(Phase.LOST);
    }

    private static PodState environment(String state) {
        return state("{phase: Pending, containerStatuses: [{name: environment, state: " + state + "}]}");
    }

    private static PodState state(String status) {
        return PodState.of(Serialization.unmarshal("kind: Pod\napiVersion: v1\nstatus: " + status, Pod.class));
    }
}
