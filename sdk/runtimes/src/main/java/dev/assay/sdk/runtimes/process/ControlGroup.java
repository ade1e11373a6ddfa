// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** One sandbox's control group: one folder in the unified hierarchy, or one per controller in the older one, or none. */
record ControlGroup(List<Path> folders) {

    private static final int ROUNDS = 400;
    private static final int PAUSE_MILLIS = 5;

    /** The files that a process writes {@code 0} to in order to join. */
    List<Path> doors() {
        return folders.stream().map(folder -> folder.resolve("cgroup.procs")).toList();
    }

    boolean exists() {
        return !folders.isEmpty();
    }

    /** Kills whatever is inside until nothing is: at once where the kernel does it, otherwise faster than new ones can be started. */
    void kill() {
        for (int round = 0; round < ROUNDS; round++) {
            folders.forEach(ControlGroup::killAtOnce);
            var members = members();
            if (members.isEmpty()) {
                return;
            }
            members.forEach(member -> ProcessHandle.of(member).ifPresent(ProcessHandle::destroyForcibly));
            if (!pause()) {
                return;
            }
        }
    }

    /** Returns whether nothing is left of it. What was killed may take a moment to be gone. */
    boolean delete() {
        for (int round = 0; round < ROUNDS; round++) {
            boolean gone = true;
            for (var folder : folders) {
                gone &= deleted(folder);
            }
            if (gone) {
                return true;
            }
            if (!pause()) {
                break;
            }
        }
        return false;
    }

    /** Only the unified hierarchy has this door; nobody can be born into a group that is being killed through it. */
    private static void killAtOnce(Path folder) {
        try {
            Files.write(folder.resolve("cgroup.kill"), new byte[] {'1'}, StandardOpenOption.WRITE);
        } catch (IOException e) {
            // the older kind, an older kernel, or gone
        }
    }

    List<Long> members() {
        List<Long> members = new ArrayList<>();
        for (var door : doors()) {
            try {
                Files.readString(door).lines().map(Long::valueOf).forEach(members::add);
            } catch (IOException e) {
                // gone already
            }
        }
        return members;
    }

    private static boolean deleted(Path folder) {
        try {
            Files.deleteIfExists(folder);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
