// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PullFailureTests {

    @ParameterizedTest
    @ValueSource(strings = {
        "pull access denied for acme/nowhere, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
        "manifest for python:3.99 not found: manifest unknown: manifest unknown",
        "Head \"https://registry.example/v2/x/manifests/1\": unauthorized: authentication required",
        "Get \"https://registry.example/v2/x/manifests/1\": no basic auth credentials",
        "failed to pull and unpack image \"registry.example/x:1\": failed to resolve reference \"registry.example/x:1\": registry.example/x:1: not found",
        "failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://registry.example/token: 403 Forbidden",
        "Head \"https://registry.example/v2/acme/x/manifests/1\": denied",
        "denied: Permission \"artifactregistry.repositories.downloadArtifacts\" denied on resource \"projects/x\" (or it may not exist)",
        "denied: User: arn:aws:iam::1:user/x is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:x",
        "no matching manifest for linux/arm64/v8 in the manifest list entries"})
    void aNameThatLeadsNowhereOrIsNotGivenIsTheImages(String said) {
        assertThat(PullFailure.isTheImages(said)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Get \"https://registry.example/v2/\": dial tcp 192.0.2.1:443: connect: connection refused",
        "Get \"https://registry.example/v2/\": dial tcp: lookup registry.example: no such host",
        "Get \"https://registry.example/v2/\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
        "toomanyrequests: You have reached your unauthenticated pull rate limit",
        "received unexpected HTTP status: 503 Service Unavailable",
        "failed to register layer: Error processing tar file(exit status 1): write /lib/x.so: no space left on device",
        "failed to resolve reference \"registry.example/forbidden/not found\": failed to do request: dial tcp 192.0.2.1:443: connect: connection refused",
        "failed to pull registry.example/unauthorized/env:1: unexpected EOF",
        "error getting credentials - err: exec: \"docker-credential-x\": executable file not found in $PATH",
        "mkdir /var/lib/docker/tmp: permission denied",
        "not pulled within 1800s",
        "unexpected EOF"})
    void whatPassesIsNot(String said) {
        assertThat(PullFailure.isTheImages(said)).isFalse();
    }
}
