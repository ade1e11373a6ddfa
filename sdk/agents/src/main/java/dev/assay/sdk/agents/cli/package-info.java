// SPDX-License-Identifier: Apache-2.0

/** Agents that are programs inside the environment's workspace: started over ssh, heard line by line, called by no tool loop of ours. */
@NullMarked
package dev.assay.sdk.agents.cli;

import org.jspecify.annotations.NullMarked;
