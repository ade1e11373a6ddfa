// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.compose;

import dev.assay.sdk.protocol.compose.ComposeService.FileCopy;
import dev.assay.sdk.protocol.compose.ComposeService.VolumeMount;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what a service has mounted: volumes of the project, memory, and files that were uploaded with it. */
final class ReadMounts {

    private static final Pattern TARGET = Pattern.compile("/[\\w. @+,=~/-]{1,500}");

    /** What engines mount there by themselves are walls. */
    private static final Set<String> OF_THE_KERNEL = Set.of("proc", "sys", "dev");

    private static final Set<String> MODES = Set.of("ro", "rw");

    private final Members service;
    private final String folder;
    private final Set<String> declared;
    private final List<FileCopy> files = new ArrayList<>();
    private final List<VolumeMount> volumes = new ArrayList<>();
    private final List<String> scratch = new ArrayList<>();

    ReadMounts(Members service, String folder, Set<String> declared) {
        this.service = service;
        this.folder = folder;
        this.declared = declared;
    }

    List<FileCopy> files() {
        return files;
    }

    List<VolumeMount> volumes() {
        return volumes;
    }

    List<String> scratch() {
        return scratch;
    }

    void read() {
        var inMemory = service.has("tmpfs") ? service.texts("tmpfs") : null;
        (inMemory == null ? List.<String>of() : inMemory).forEach(target -> add("tmpfs", "tmpfs", null, target, false));
        if (!service.has("volumes")) {
            return;
        }
        if (!service.get("volumes").isArray()) {
            service.fault("volumes", "must be a list");
            return;
        }
        for (var volume : service.get("volumes")) {
            if (volume.isString()) {
                readShort(volume.stringValue());
            } else {
                readLong(volume);
            }
        }
    }

    private void readShort(String written) {
        var literal = service.literal("volumes", written);
        if (literal == null) {
            return;
        }
        var parts = List.of(literal.split(":", -1));
        boolean readOnly = parts.size() == 3 && List.of(parts.getLast().split(",")).contains("ro");
        if (parts.size() > 3 || parts.size() == 3 && !MODES.containsAll(List.of(parts.getLast().split(",")))) {
            service.fault("volumes", "'" + written + "' is not source:target:mode with ro or rw as the mode");
        } else if (parts.size() == 1) {
            add("volumes", "tmpfs", null, literal, false);
        } else {
            var source = parts.getFirst();
            add("volumes", source.startsWith(".") || source.startsWith("/") || source.startsWith("~") ? "bind" : "volume", source, parts.get(1), readOnly);
        }
    }

    private void readLong(JsonNode volume) {
        var one = service.element("volumes", volume);
        var more = volume.isObject() ? volume.propertyNames().stream().filter(key -> !Set.of("type", "source", "target", "read_only").contains(key)).toList() : List.of("?");
        if (!more.isEmpty()) {
            service.fault("volumes", "nothing here knows " + String.join(", ", more.stream().map(String::valueOf).toList()) + " of what is mounted");
            return;
        }
        add("volumes", String.valueOf(one.text("type")), one.text("source"), String.valueOf(one.text("target")), one.flag("read_only"));
    }

    private void add(String member, String type, @Nullable String source, String target, boolean readOnly) {
        if (!TARGET.matcher(target).matches() || List.of(target.split("/")).contains("..")) {
            service.fault(member, "'" + target + "' is no plain path of a container");
            return;
        }
        var parts = Stream.of(target.split("/")).filter(part -> !part.isEmpty() && !part.equals(".")).toList();
        if (parts.isEmpty() || OF_THE_KERNEL.contains(parts.getFirst()) && !parts.equals(List.of("dev", "shm"))) {
            service.fault(member, "nothing is mounted at '" + target + "'");
            return;
        }
        switch (type) {
            case "tmpfs" -> scratch.add(target);
            case "volume" -> {
                if (source == null) {
                    scratch.add(target);
                } else if (declared.contains(source)) {
                    volumes.add(new VolumeMount(source, target, readOnly));
                } else {
                    service.fault(member, "the volume '" + source + "' is declared nowhere");
                }
            }
            case "bind" -> ContextPath.within(folder, source == null ? "/" : source).ifPresentOrElse(
                    path -> files.add(new FileCopy(path, target)),
                    () -> service.fault(member, "'" + source + "' is no plain path within what was uploaded, and nothing else is mounted"));
            default -> service.fault(member, "nothing here mounts a '" + type + "'");
        }
    }
}
