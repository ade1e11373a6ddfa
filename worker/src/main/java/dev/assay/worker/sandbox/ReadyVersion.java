// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;

/** What is ready to be launched, by whom, and with what it asks for. */
public record ReadyVersion(Runtime runtime, Prepared prepared, RuntimeConfig config) {}
