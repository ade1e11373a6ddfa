// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.SandboxLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes control groups that limit memory and the number of processes, where this process is allowed to: below its own group, or beside
 * it. Found out once, by making one and joining it.
 */
final class ControlGroups {

    /** Microseconds: of each period a group gets its quota of processor time, added up over all processors. */
    private static final int PERIOD = 100_000;

    private static final long SHORTEST_QUOTA = 1000;

    private static final Set<String> OLDER = Set.of("memory", "pids", "cpu");

    private final List<Path> parents;
    private boolean limitCpus;

    private ControlGroups(List<Path> parents) {
        this.parents = parents;
    }

    static ControlGroups none() {
        return new ControlGroups(List.of());
    }

    static ControlGroups detect() {
        try {
            var mounts = Files.readAllLines(Path.of("/proc/self/mountinfo"));
            for (var parents : candidates(mounts, Files.readAllLines(Path.of("/proc/self/cgroup")))) {
                var groups = new ControlGroups(parents);
                if (groups.work()) {
                    return groups;
                }
            }
        } catch (IOException e) {
            // no control groups on this system
        }
        return none();
    }

    boolean available() {
        return !parents.isEmpty();
    }

    /** Whether a share of the processors can be kept to. */
    boolean limitCpus() {
        return limitCpus;
    }

    /** What a sandbox's group will be, so that it can be written down before it is made. */
    ControlGroup named(String id) {
        return new ControlGroup(parents.stream().map(parent -> parent.resolve("assay-" + id)).toList());
    }

    void make(ControlGroup group, SandboxLimits limits) throws IOException {
        for (var folder : group.folders()) {
            Files.createDirectory(folder);
            var memory = Long.toString(limits.memoryBytes());
            set(folder, "memory.limit_in_bytes", memory);
            set(folder, "memory.memsw.limit_in_bytes", memory);
            set(folder, "memory.max", memory);
            set(folder, "memory.swap.max", "0");
            set(folder, "pids.max", Integer.toString(limits.processes()));
            if (limits.cpus() > 0) {
                var quota = Math.max(SHORTEST_QUOTA, Math.round(limits.cpus() * PERIOD));
                set(folder, "cpu.max", quota + " " + PERIOD);
                set(folder, "cpu.cfs_period_us", Integer.toString(PERIOD));
                set(folder, "cpu.cfs_quota_us", Long.toString(quota));
            }
        }
    }

    private boolean work() {
        for (var parent : parents) {
            set(parent, "cgroup.subtree_control", "+memory +pids");
            set(parent, "cgroup.subtree_control", "+cpu");
        }
        var group = named("probe-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        try {
            make(group, SandboxLimits.DEFAULTS);
            if (!limits(group)) {
                return false;
            }
            limitCpus = has(group, "cpu.max") || has(group, "cpu.cfs_quota_us");
            List<String> join = new ArrayList<>(List.of("/bin/sh", "-c", "for door; do echo 0 > \"$door\" || exit 1; done", "sh"));
            group.doors().forEach(door -> join.add(door.toString()));
            return new ProcessBuilder(join).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            group.delete();
        }
    }

    private static boolean limits(ControlGroup group) {
        return (has(group, "memory.max") || has(group, "memory.limit_in_bytes")) && has(group, "pids.max");
    }

    private static boolean has(ControlGroup group, String file) {
        return group.folders().stream().anyMatch(folder -> Files.exists(folder.resolve(file)));
    }

    /** A file that this kind of group does not have is not an error: each kind has its own. */
    private static void set(Path folder, String file, String value) {
        try {
            Files.writeString(folder.resolve(file), value, java.nio.file.StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            // the other kind
        } catch (IOException e) {
            // not permitted: the check after making the first group notices
        }
    }

    private static List<List<Path>> candidates(List<String> mounts, List<String> membership) {
        Map<String, Path> own = new HashMap<>();
        for (var line : membership) {
            var parts = line.split(":", 3);
            for (var controller : parts[1].split(",")) {
                own.put(controller, Path.of(parts[2]));
            }
        }
        List<List<Path>> candidates = new ArrayList<>();
        Map<String, Path> older = new HashMap<>();
        List<Path> beside = new ArrayList<>();
        for (var line : mounts) {
            var fields = line.split(" ");
            var type = fields[indexAfterDash(fields)];
            if (type.equals("cgroup2") && own.containsKey("")) {
                var folder = below(fields, own.get(""));
                beside.add(folder);
                candidates.add(List.of(folder));
                if (folder.getParent() != null) {
                    candidates.add(List.of(folder.getParent()));
                }
            } else if (type.equals("cgroup")) {
                for (var option : fields[fields.length - 1].split(",")) {
                    if (OLDER.contains(option)) {
                        older.put(option, below(fields, own.getOrDefault(option, Path.of("/"))));
                    }
                }
            }
        }
        if (older.containsKey("memory") && older.containsKey("pids")) {
            var needed = List.of(older.get("memory"), older.get("pids"));
            candidates.addFirst(needed.stream().distinct().toList());
            // the same with what is good to have: a share of the processors, and the unified hierarchy's way to end a group
            candidates.addFirst(Stream.concat(older.values().stream(), beside.stream()).distinct().toList());
        }
        return candidates;
    }

    private static int indexAfterDash(String[] fields) {
        for (int i = 6; i < fields.length - 1; i++) {
            if (fields[i].equals("-")) {
                return i + 1;
            }
        }
        return fields.length - 1;
    }

    private static Path below(String[] fields, Path own) {
        var root = Path.of(fields[3]);
        var inside = own.startsWith(root) ? root.relativize(own) : Path.of("");
        return Path.of(fields[4]).resolve(inside);
    }
}
