// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.gemini;

import dev.assay.sdk.agents.tool.FunctionTool;
import dev.assay.sdk.agents.tool.ShellTool;

/** A function for a workspace. */
interface WorkspaceFunction extends FunctionTool, ShellTool {}
