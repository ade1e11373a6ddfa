// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes sandboxes' folders and starts processes in them, in the way that this machine allows. */
final class Workshop {

    /** Above what systems give to people and services. Each sandbox has numbers of its own, so that none can touch another's processes. */
    static final int FIRST_USER = 1 << 30;

    /** How many users a sandbox has: as many as a machine of its own would. */
    static final int USERS = 1 << 16;

    private static final int RANGES = 16_000;

    private final Path sandboxes;
    private final Isolation isolation;
    private final ControlGroups groups;
    private final Owners owners;
    private final SocketFolder sockets;
    private final boolean root;
    private final @Nullable Path agentPrograms;
    private final DiskWatch disk;
    private final Leftovers leftovers = new Leftovers();
    private final AtomicInteger nextRange = new AtomicInteger(new Random().nextInt(RANGES));

    Workshop(Path sandboxes, Isolation isolation, ControlGroups groups, Owners owners, SocketFolder sockets) throws IOException {
        this(sandboxes, isolation, groups, owners, sockets, null);
    }

    /** @param agentPrograms as {@link ConfinedCommand} has them */
    Workshop(
            Path sandboxes, Isolation isolation, ControlGroups groups, Owners owners, SocketFolder sockets, @Nullable Path agentPrograms)
            throws IOException {
        this.agentPrograms = agentPrograms;
        this.sandboxes = Files.createDirectories(sandboxes);
        this.isolation = isolation;
        this.groups = groups;
        this.owners = owners;
        this.sockets = sockets;
        this.disk = new DiskWatch(this.sandboxes);
        this.root = isolation == Isolation.BUBBLEWRAP_AS_ROOT;
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
        var id = UUID.randomUUID().toString();
        var folder = Files.createDirectory(sandboxes.resolve(id));
        new SandboxRecord(id, label.run(), label.attempt(), owners.self(), List.of()).writeTo(folder);
        return SandboxFolder.create(folder, isolation, root ? firstUser() : ownUser(), sockets.shortcut(id), leftovers);
    }

    /** What programs inside must know to find their way out. */
    Map<String, String> variables(Network network) {
        if (network != Network.OUTBOUND || !isolation.hasOwnRoot()) {
            return Map.of();
        }
        var door = "http://127.0.0.1:" + OwnNetwork.DOOR_PORT;
        var here = "127.0.0.1,localhost";
        return Map.of(
                "HTTP_PROXY", door, "http_proxy", door, "HTTPS_PROXY", door, "https_proxy", door, "ALL_PROXY", door, "all_proxy", door,
                "NO_PROXY", here, "no_proxy", here);
    }

    ConfinedProcess start(
            SandboxFolder folder, Network network, SandboxLimits limits, List<String> command, List<Path> readOnly, List<Path> writable,
            String program, Consumer<String> lines)
            throws IOException {
        for (var path : readOnly) {
            folder.makePassable(Files.isDirectory(path) ? path : path.getParent());
        }
        for (var path : writable) {
            folder.makePassable(path);
            handOver(path, folder.user());
        }
        var record = SandboxRecord.readFrom(folder.folder());
        var group = groups.create(record.id(), limits);
        new SandboxRecord(
                        record.id(), record.run(), record.attempt(), record.owner(), group.folders().stream().map(Path::toString).toList())
                .writeTo(folder.folder());
        folder.handOver();
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

    private int firstUser() {
        return FIRST_USER + Math.floorMod(nextRange.getAndIncrement(), RANGES) * USERS;
    }

    static int ownUser() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException e) {
            return 1000;
        }
    }
}
