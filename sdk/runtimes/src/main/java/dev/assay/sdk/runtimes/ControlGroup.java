// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One sandbox's control group: one folder in the unified hierarchy, or one per controller in the older one, or none. */
record ControlGroup(List<Path> folders) {

    /** The files that a process writes {@code 0} to in order to join. */
    List<Path> doors() {
        return folders.stream().map(folder -> folder.resolve("cgroup.procs")).toList();
    }

    boolean exists() {
        return !folders.isEmpty();
    }

    /** Kills whatever is inside until nothing is. */
    void kill() {
        for (int round = 0; round < 200 && killOnce(); round++) {
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean killOnce() {
        boolean any = false;
        for (var member : members()) {
            any = true;
            ProcessHandle.of(member).ifPresent(ProcessHandle::destroyForcibly);
        }
        return any;
    }

    private List<Long> members() {
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

    void delete() {
        for (var folder : folders) {
            try {
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                // something in it is still dying; the next reaping takes it
            }
        }
    }
}
