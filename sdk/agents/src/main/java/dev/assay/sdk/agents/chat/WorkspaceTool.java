// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import dev.assay.sdk.agents.tool.FunctionTool;
import dev.assay.sdk.agents.tool.ShellTool;

/** A tool for a workspace, declared as Chat Completions want it. */
interface WorkspaceTool extends FunctionTool, ShellTool {}
