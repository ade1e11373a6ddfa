// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sandboxes' folders and starts processes in them, in the way that this machine allows. */
final class Workshop {

    /** Above what systems give to people and services. Each sandbox has numbers of its own, so that none can touch another's processes. */
    static final int FIRST_USER = 1 << 30;

    /** How many users a sandbox has: as many as a machine of its own would. */
    static final int USERS = 1 << 16;

    /** How long a child may take to stand behind its walls. */
    private static final Duration FORK = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Workshop.class);

    private final Path sandboxes;
    private final Isolation isolation;
    private final ControlGroups groups;
    private final Owners owners;
    private final SocketFolder sockets;
    private final boolean root;
    private final @Nullable Path agentPrograms;
    private final DiskWatch disk;
    private final Leftovers leftovers = new Leftovers();
    private final UserRanges users = new UserRanges();

    Workshop(Path sandboxes, Isolation isolation, ControlGroups groups, Owners owners, SocketFolder sockets) throws IOException {
        this(sandboxes, isolation, groups, owners, sockets, null);
    }

    /** @param agentPrograms as {@link ConfinedCommand} has them */
    Workshop(
            Path sandboxes, Isolation isolation, ControlGroups groups, Owners owners, SocketFolder sockets, @Nullable Path agentPrograms)
            throws IOException {
        this.agentPrograms = agentPrograms;
        this.sandboxes = Files.createDirectories(sandboxes);
        keepApart(sandboxes);
        this.isolation = isolation;
        this.groups = groups;
        this.owners = owners;
        this.sockets = sockets;
        this.disk = new DiskWatch(this.sandboxes);
        this.root = isolation == Isolation.BUBBLEWRAP_AS_ROOT;
    }

    /**
     * Tells a file system that knows it (ext4) to lay out what lies in this folder far from each other. Together, each new file would be looked
     * for a place among all those that were deleted lately, which takes several times as long as all else of a sandbox's folders.
     */
    private static void keepApart(Path folder) {
        try {
            new ProcessBuilder("chattr", "+T", folder.toString()).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().onExit().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | ExecutionException | TimeoutException e) {
            LOG.debug("sandboxes' folders lie together", e);
        }
    }

    boolean root() {
        return root;
    }

    Leftovers leftovers() {
        return leftovers;
    }

    SandboxFolder newFolder(String label) throws IOException {
        return newFolder(new SandboxLabel(label, 0));
    }

    SandboxFolder newFolder(SandboxLabel label) throws IOException {
        return newFolder(label, 1);
    }

    /** @param ranges of users, of which the first is its own */
    SandboxFolder newFolder(SandboxLabel label, int ranges) throws IOException {
        var folder = emptyFolder(label);
        return created(folder, root ? users.take(folder, ranges) : ownUser());
    }

    /** @param user the first of a range that lies in its parent's */
    SandboxFolder newFolderWithin(SandboxLabel label, int user) throws IOException {
        var folder = emptyFolder(label);
        users.hold(folder, user);
        return created(folder, user);
    }

    private Path emptyFolder(SandboxLabel label) throws IOException {
        var id = UUID.randomUUID().toString();
        var folder = Files.createDirectory(sandboxes.resolve(id));
        new SandboxRecord(id, label.run(), label.attempt(), owners.self(), List.of(), null).writeTo(folder);
        return folder;
    }

    private SandboxFolder created(Path folder, int user) throws IOException {
        try {
            return SandboxFolder.create(folder, isolation, user, sockets.shortcut(folder.getFileName().toString()), leftovers);
        } catch (IOException e) {
            DeleteFolder.now(folder); // whoever reaps leaves it alone as long as this worker lives
            throw e;
        }
    }

    /** What programs inside must know to find their way out. */
    Map<String, String> variables(Network network) {
        return network == Network.OUTBOUND && isolation.hasOwnRoot() ? SandboxSpec.proxy("http://127.0.0.1:" + OwnNetwork.DOOR_PORT) : Map.of();
    }

    ConfinedProcess start(
            SandboxFolder folder, Network network, SandboxLimits limits, List<String> command, List<Path> readOnly, List<Path> writable,
            String program, Consumer<String> lines)
            throws IOException {
        for (var path : writable) {
            folder.makePassable(path);
            handOver(path, folder.user());
        }
        var written = SandboxRecord.readFrom(folder.folder());
        var record = written.of(written.label(), limits);
        var group = newGroup(folder, record, limits, readOnly);
        var own = network == Network.HOST || !isolation.hasOwnRoot()
                ? null
                : new OwnNetwork(isolation, sockets.control(record.id()), sockets.door(network));
        var line = own == null ? command : own.inside(command);
        var confined = new ConfinedCommand(line, folder.guest(SandboxFolder.SOURCE), readOnly, writable, own, agentPrograms);
        try {
            var process = ConfinedProcess.start(record.id(), folder, group, limits, confined, program, lines);
            disk.watch(process, Stream.concat(Stream.of(folder.folder()), writable.stream()).toList(), limits.diskBytes());
            return process;
        } catch (IOException e) {
            group.delete();
            throw e;
        }
    }

    /** Whether a parent can be kept here, and its children put behind walls; empty if so. */
    Optional<String> cannotFork() {
        if (!root) {
            return Optional.of("this worker is not root, or has no walls");
        }
        return groups.available() ? Optional.empty() : Optional.of("this worker may not make control groups");
    }

    /** Starts what loads an environment and forks. */
    Keeper startParent(SandboxFolder folder, int ranges, PythonInterpreter python, SandboxLimits limits, List<String> command, List<Path> readOnly)
            throws IOException {
        var record = SandboxRecord.readFrom(folder.folder());
        var group = newGroup(folder, record, limits, List.of());
        try {
            Map<String, Object> parent = asked(folder, group, readOnly);
            parent.put("user", folder.user());
            parent.put("users", List.of(List.of(0, folder.user(), (long) ranges * USERS)));
            parent.put("limits", Map.of("file", limits.diskBytes(), "processes", limits.processes()));
            parent.put("directory", folder.guest(SandboxFolder.SOURCE));
            parent.put("command", command);
            var keeper = Keeper.start(python, record.id(), folder, group, parent);
            disk.watch(keeper, List.of(folder.folder()), limits.diskBytes());
            return keeper;
        } catch (IOException e) {
            group.delete();
            throw e;
        }
    }

    /** Starts a parent's child, with the users that its folder's begin, counted from the parent's; it waits behind its walls to begin. */
    ForkedProcess fork(
            Keeper parent, SandboxFolder folder, Network network, SandboxLimits limits, List<Path> readOnly, Consumer<String> lines)
            throws IOException {
        var record = SandboxRecord.readFrom(folder.folder());
        var group = newGroup(folder, record, limits, List.of());
        var own = new OwnNetwork(isolation, sockets.control(record.id()), sockets.door(network));
        var child = new ForkedProcess(record.id(), folder, group, own, parent, lines);
        try {
            Map<String, Object> asked = asked(folder, group, readOnly);
            asked.put("do", "fork");
            asked.put("id", record.id());
            asked.put("users", List.of(List.of(0, folder.user() - parent.folder().user(), USERS)));
            asked.put("user", folder.user());
            asked.put("output", ForkedProcess.pipe(folder).toString());
            asked.put("variables", ForkedProcess.variables(folder).toString());
            asked.put("control", own.control().toString());
            asked.put("door", own.door().toString());
            asked.put("patience", FORK.toSeconds());
            parent.fork(child, asked);
            child.awaitStart(FORK.multipliedBy(2));
            disk.watch(child, List.of(folder.folder()), limits.diskBytes());
            return child;
        } catch (IOException e) {
            child.close(Duration.ZERO);
            throw e;
        }
    }

    /** From now on it is that run's. */
    void begin(ForkedProcess waiting, SandboxSpec spec, Map<String, String> variables) throws IOException {
        var folder = waiting.folder().folder();
        SandboxRecord.readFrom(folder).of(spec.label(), spec.limits()).writeTo(folder);
        waiting.begin(SandboxFolder.exported(variables));
    }

    private Map<String, Object> asked(SandboxFolder folder, ControlGroup group, List<Path> readOnly) throws IOException {
        var seen = new ConfinedCommand(List.of(), folder.guest(SandboxFolder.SOURCE), readOnly, List.of(), null, agentPrograms);
        return new LinkedHashMap<>(Map.of(
                "root", folder.root().toString(), "doors", group.doors().stream().map(Path::toString).toList(),
                "view", BubblewrapCommand.view(seen)));
    }

    private ControlGroup newGroup(SandboxFolder folder, SandboxRecord record, SandboxLimits limits, List<Path> readOnly)
            throws IOException {
        for (var path : readOnly) {
            folder.makePassable(Files.isDirectory(path) ? path : path.getParent());
        }
        var group = groups.named(record.id());
        record.in(group).writeTo(folder.folder()); // whoever dies from here on leaves nothing that nobody knows of
        try {
            groups.make(group, limits);
            folder.handOver();
            return group;
        } catch (IOException e) {
            group.delete();
            throw e;
        }
    }

    void close(SandboxFolder folder, @Nullable RunningSandbox process) {
        if (process == null) {
            folder.delete();
        } else {
            process.close(Duration.ZERO);
        }
    }

    /** Gives a folder that a sandbox writes to, to the sandbox's user. */
    void handOver(Path folder, int user) throws IOException {
        if (root && (int) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS) != user) {
            SandboxFolder.changeOwner(folder, user);
        }
    }

    static int ownUser() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException e) {
            return 1000;
        }
    }
}
