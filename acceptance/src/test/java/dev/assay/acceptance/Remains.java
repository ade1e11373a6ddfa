// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What workers that share a folder have made on the machine, and which of it is still there. */
final class Remains {

    /** No process that is left: no port that it listens at, and no namespace that it is in. */
    static final List<String> KINDS = List.of("processes", "control groups", "mounts", "folders of sandboxes", "folders of sockets",
            "temporary files", "containers, networks, volumes");

    private static final int OF_AN_OWNER = 13;

    private final Path data;
    private final Path temporary;
    /** By the names of their folders. */
    private final Set<String> sandboxes = new HashSet<>();
    private final Set<String> owners = new HashSet<>();

    /** @param temporary the workers' own folder for temporary files */
    Remains(Path data, Path temporary) {
        this.data = data;
        this.temporary = temporary;
    }

    /** What is there now belongs to a worker that is about to die. */
    void remember() {
        Leftovers.sandboxesIn(data).forEach(sandbox -> sandboxes.add(sandbox.getFileName().toString()));
        Leftovers.below(data, 4, path -> path.getParent().getFileName().toString().equals("owners"))
                .forEach(owner -> owners.add(owner.getFileName().toString()));
    }

    /** Sandboxes that a dead worker had. */
    Set<String> remembered() {
        return sandboxes;
    }

    /** Of what dead workers had. */
    Map<String, List<String>> ofTheDead() {
        var left = new TreeMap<String, List<String>>();
        left.put("folders of sandboxes", told(Leftovers.sandboxesIn(data).stream().filter(this::isRemembered)));
        left.put("control groups", told(Leftovers.below(Path.of("/sys/fs/cgroup"), 6, this::isRemembered).stream()));
        left.put("folders of sockets", told(owners.stream()
                .map(owner -> "assay-" + owner.substring(0, OF_AN_OWNER))
                .flatMap(name -> Stream.of(Path.of("/tmp", name), temporary.resolve(name)))
                .filter(Files::exists)));
        left.put("containers, networks, volumes", ofTheEngine().filter(line -> owners.stream().anyMatch(line::contains)).toList());
        left.values().removeIf(List::isEmpty);
        return left;
    }

    /** Of all that any of them had, for when none lives any more. */
    Map<String, List<String>> ofAnybody() {
        var left = ofTheDead();
        left.put("processes", Leftovers.processesOf(data));
        left.put("folders of sandboxes", told(Leftovers.sandboxesIn(data).stream()));
        left.put("temporary files", told(Leftovers.below(temporary, 1, path -> true).stream()));
        left.put("containers, networks, volumes", ofTheEngine().toList());
        try {
            left.put("mounts", Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                    .filter(line -> line.contains(data.getFileName().toString())).toList());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        left.values().removeIf(List::isEmpty);
        return left;
    }

    private boolean isRemembered(Path path) {
        return sandboxes.contains(path.getFileName().toString().replaceFirst("^assay-", ""));
    }

    private static List<String> told(Stream<Path> paths) {
        return paths.map(Path::toString).toList();
    }

    private Stream<String> ofTheEngine() {
        var installations = Leftovers.below(data, 3, path -> path.getFileName().toString().equals("installation")).stream()
                .map(Remains::read)
                .toList();
        if (!Kills.CONTAINERS) {
            return Stream.of();
        }
        return installations.stream().flatMap(installation -> Stream.of(List.of("ps", "--all", "--format"),
                        List.of("network", "ls", "--format"), List.of("volume", "ls", "--format"))
                .flatMap(kind -> Engine.lines(Stream.concat(kind.stream(), Stream.of(
                        "{{json .}}", "--filter", "label=dev.assay.installation=" + installation)).toArray(String[]::new)).stream()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
