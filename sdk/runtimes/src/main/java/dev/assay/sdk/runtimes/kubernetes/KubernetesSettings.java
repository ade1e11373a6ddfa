// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a worker's pods are under.
 *
 * @param namespace theirs, in which nothing else should be
 * @param images whose images may be run: {@code docker.io/} for all of a registry, {@code docker.io/acme/} for one owner's
 * @param registry where images that are built here are pushed, and what their names begin with; empty: nowhere
 * @param relayImage an image with {@code python3}, which each pod's relay runs in
 * @param pullSecrets names of the namespace's secrets for registries
 * @param nodeSelector labels of the nodes that pods are for
 * @param runtimeClass such as one that stands for gVisor; empty: the cluster's own
 * @param gpuResource what nodes call their processors for graphics; empty: none are given
 * @param pending how long a pod may wait for a node, and for its images
 * @param sockets a folder of this worker's own
 * @param installation the same for all that can tell by {@code lives} whether they are there
 * @param owner this worker, as its pods name it
 * @param lives whether an owner of this installation is there
 */
public record KubernetesSettings(
        String namespace, List<String> images, String registry, String relayImage, List<String> pullSecrets,
        Map<String, String> nodeSelector, String runtimeClass, String gpuResource, Duration pending, Path sockets, String installation, String owner, Predicate<String> lives) {}
