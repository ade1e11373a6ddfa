// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import java.io.InputStream;
import java.io.OutputStream;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.command.Command;

/** One exec request, with what its channel gives it. */
public abstract class ExecCommand implements Command {

    protected InputStream in = InputStream.nullInputStream();
    protected OutputStream out = OutputStream.nullOutputStream();
    protected OutputStream err = OutputStream.nullOutputStream();
    protected ExitCallback exit = (status, message, close) -> {};

    @Override
    public final void setInputStream(InputStream stream) {
        in = stream;
    }

    @Override
    public final void setOutputStream(OutputStream stream) {
        out = stream;
    }

    @Override
    public final void setErrorStream(OutputStream stream) {
        err = stream;
    }

    @Override
    public final void setExitCallback(ExitCallback callback) {
        exit = callback;
    }
}
