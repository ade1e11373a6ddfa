// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.ShellText;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.WorkspaceFiles;

/** A file whose folders may be missing. */
final class NewFile {

    private NewFile() {}

    static ToolOutcome write(WorkspaceFiles workspace, String path, String content, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var folder = path.substring(0, Math.max(0, path.lastIndexOf('/')));
        if (!folder.isEmpty() && !folder.equals(".")) {
            var made = workspace.bash("mkdir -p " + ShellText.quote(folder), deadline);
            if (made.failed()) {
                return made;
            }
        }
        return workspace.write(path, content, deadline);
    }
}
