// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import dev.assay.sdk.runtimes.SandboxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A launch on its way: what there is of it by now, so that it can be taken back. */
public final class Launching {

    private final String id;
    private final Map<String, String> marks;
    private final Path sockets;
    private @Nullable String made;
    private @Nullable ControlSocket control;

    Launching(String id, Map<String, String> marks, Path sockets) {
        this.id = id;
        this.marks = marks;
        this.sockets = sockets;
    }

    /** To be written on the sandbox, so that it can be ended by somebody who did not make it. */
    public Map<String, String> marks() {
        return marks;
    }

    /** There is a sandbox. */
    public void made(String atProvider) {
        made = atProvider;
    }

    /** This is the way to its environment. */
    public void reachedBy(Carriage carriage) throws SandboxException {
        var path = sockets.resolve(id);
        try {
            control = new ControlSocket(carriage, path);
        } catch (IOException e) {
            carriage.close();
            throw SandboxException.ofHost("the worker cannot listen at " + path + ": " + e.getMessage(), e);
        }
    }

    String id() {
        return id;
    }

    /** Its id at the provider; null: none was made, or nobody heard of it. */
    @Nullable String made() {
        return made;
    }

    @Nullable ControlSocket control() {
        return control;
    }
}
