// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

/**
 * {@code POST /internal/sessions/{session}/ready}: the sandbox serves. Answered with 204, or 409 as a renewal is.
 *
 * @param address the worker's own base URL; tunnels are at {@code /internal/tunnels/{session}} below it
 */
public record SessionReady(int attempt, String address) {}
