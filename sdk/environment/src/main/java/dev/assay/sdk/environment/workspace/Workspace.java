// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment.workspace;

import dev.assay.sdk.protocol.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder in which an agent works: its commands run there, over ssh, as processes of whoever serves the environment.
 *
 * <p><strong>It isolates nothing.</strong> What an agent runs can read, change and reach all that the serving process can. The walls are
 * those of the sandbox that the environment is served in: a container, a virtual machine, the platform's own.
 *
 * <p>There is one folder for all tasks of a serving process, as the published client has it: a verifier looks at what the task before it
 * left behind. Where tasks follow one another, {@link #clear} begins each with an empty folder (in the template, if there are verifiers);
 * where they shall not see each other, each has a process of its own.
 */
public final class Workspace implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Workspace.class);

    private final @Nullable Path kept;
    private final Map<String, String> variables = new LinkedHashMap<>();
    private String name = "shell";
    private @Nullable Path root;
    private @Nullable CommandServer server;

    private Workspace(@Nullable Path kept) {
        this.kept = kept;
    }

    /** In that folder, which is made if it is missing, and stays. */
    public static Workspace in(Path folder) {
        return new Workspace(folder);
    }

    /** In a folder of its own, which is made when serving begins and deleted when it ends. */
    public static Workspace temporary() {
        return new Workspace(null);
    }

    /** What the capability is called, {@code shell} if nothing is said; an environment with several workspaces needs several names. */
    public Workspace named(String other) {
        name = other;
        return this;
    }

    public String name() {
        return name;
    }

    /** One more variable for the commands. They have those of the serving process, but for {@code HUD_…}, where its key would be. */
    public Workspace variable(String variable, String value) {
        variables.put(variable, value);
        return this;
    }

    /**
     * The folder, an absolute path without links in it.
     *
     * @throws IllegalStateException if the workspace is not served
     */
    public synchronized Path root() {
        if (root == null) {
            throw new IllegalStateException("the workspace '" + name + "' is not served yet");
        }
        return root;
    }

    /**
     * Writes a file, folders and all.
     *
     * @param file relative to the folder
     * @throws IllegalArgumentException if that is outside
     */
    public Path write(String file, String text) throws IOException {
        var path = path(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    /**
     * What a file holds, which may be what the agent wrote.
     *
     * @param file relative to the folder
     * @throws IllegalArgumentException if that is outside, also by a link
     * @throws IOException if there is no such file, or it holds no UTF-8
     */
    public String read(String file) throws IOException {
        var path = path(file).toRealPath();
        if (!path.startsWith(root())) {
            throw new IllegalArgumentException("'" + file + "' leads out of the workspace");
        }
        return Files.readString(path);
    }

    private Path path(String file) {
        var path = root().resolve(file).normalize();
        if (path.equals(root()) || !path.startsWith(root())) {
            throw new IllegalArgumentException("'" + file + "' is no file within the workspace");
        }
        return path;
    }

    /** Ends what runs in it and empties the folder: for the beginning of a task. */
    public void clear() throws IOException {
        CommandServer running;
        synchronized (this) {
            running = server;
        }
        if (running != null) {
            running.endCommands();
        }
        Folder.empty(root());
    }

    /**
     * Begins to serve; an environment that was given the workspace does so by itself.
     *
     * @return what the environment's manifest says of it
     * @throws IllegalStateException if it is served already
     */
    public synchronized Capability open() throws IOException {
        if (server != null) {
            throw new IllegalStateException("the workspace '" + name + "' is served already");
        }
        var folder = (kept == null ? Files.createTempDirectory("workspace-") : Files.createDirectories(kept)).toRealPath();
        server = CommandServer.start(folder, variables);
        root = folder;
        return server.capability(name);
    }

    /** Ends serving and what runs in it. */
    @Override
    public synchronized void close() {
        if (server == null) {
            return;
        }
        server.close();
        server = null;
        try {
            if (kept == null) {
                Folder.delete(root());
            }
        } catch (IOException failed) {
            log.warn("the workspace '{}' left its folder behind: {}", name, failed.toString());
        }
        root = null;
    }
}
