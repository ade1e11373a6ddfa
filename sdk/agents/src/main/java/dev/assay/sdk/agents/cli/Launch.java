// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import java.util.Map;

/**
 * One start of a program.
 *
 * @param command for the workspace's shell
 * @param input what the program reads, after which its input ends
 * @param files that it finds in its folder, by name
 * @param cleanUp for the workspace's shell when it has ended: what it leaves behind; empty if that is nothing
 */
record Launch(String command, String input, Map<String, String> files, String cleanUp) {}
