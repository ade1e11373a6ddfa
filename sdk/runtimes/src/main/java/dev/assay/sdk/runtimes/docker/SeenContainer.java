// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Version;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.docker.SeenServices.Seen;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A service's container as a project is shown it: how it stands, and nothing of the machine that it is on. */
record SeenContainer(Seen service, Map<String, String> labels, InspectContainerResponse container) {

    private static final int SHORT_ID = 12;

    /** Whether it is asked for: of each filter one value has to hold, of {@code label} all. */
    boolean isAmong(AccessWish.Listing listing) {
        return (listing.all() || "running".equals(status()) || "paused".equals(status()))
                && listing.filters().entrySet().stream().allMatch(filter -> filter.getValue().isEmpty() || holds(filter.getKey(), filter.getValue()));
    }

    private boolean holds(String filter, List<String> values) {
        return switch (filter) {
            case "label" -> values.stream().allMatch(this::hasLabel);
            case "name" -> values.stream().anyMatch(service.name()::contains);
            case "id" -> values.stream().anyMatch(service.id()::startsWith);
            default -> values.contains(status());
        };
    }

    private boolean hasLabel(String label) {
        int equals = label.indexOf('=');
        return equals < 0 ? labels.containsKey(label) : label.substring(equals + 1).equals(labels.get(label.substring(0, equals)));
    }

    private String status() {
        return Optional.ofNullable(container.getState().getStatus()).orElse("");
    }

    ObjectNode inList() {
        var shown = Json.object().put("Id", service.id()).put("Image", service.image()).put("Command", "").put("State", status())
                .put("Status", "exited".equals(status()) ? "Exited (" + container.getState().getExitCodeLong() + ")" : "running".equals(status()) ? "Up" : status())
                .put("Created", Instant.parse(String.valueOf(container.getCreated())).getEpochSecond());
        shown.putArray("Names").add("/" + service.name());
        shown.putArray("Ports");
        shown.putArray("Mounts");
        shown.set("Labels", Json.tree(labels));
        return shown;
    }

    ObjectNode whole() {
        var is = container.getState();
        var shown = Json.object().put("Id", service.id()).put("Name", "/" + service.name()).put("Created", container.getCreated())
                .put("Image", container.getImageId()).put("RestartCount", container.getRestartCount());
        var state = shown.putObject("State").put("Status", status()).put("Running", is.getRunning()).put("Paused", is.getPaused())
                .put("Restarting", is.getRestarting()).put("OOMKilled", is.getOOMKilled()).put("ExitCode", is.getExitCodeLong())
                .put("Error", "").put("StartedAt", is.getStartedAt()).put("FinishedAt", is.getFinishedAt());
        if (is.getHealth() != null) {
            state.putObject("Health").put("Status", is.getHealth().getStatus());
        }
        shown.putObject("Config").put("Hostname", service.id().substring(0, SHORT_ID)).put("Image", service.image()).put("Tty", false)
                .set("Labels", Json.tree(labels));
        shown.putArray("Mounts");
        return shown;
    }

    static ObjectNode version(Version version) {
        return Json.object().put("Version", version.getVersion()).put("ApiVersion", version.getApiVersion())
                .put("MinAPIVersion", version.getMinAPIVersion()).put("Os", "linux").put("Arch", version.getArch());
    }

    /** What is known of what it printed, as the engine's own log would bring it: all as if printed to its standard output. */
    static byte[] log(Seen service, int most) {
        var lines = service.output().tail().toString().lines().toList();
        var log = new ByteArrayOutputStream();
        for (var line : lines.subList(Math.max(0, lines.size() - most), lines.size())) {
            var bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
            log.writeBytes(ByteBuffer.allocate(8).put((byte) 1).putInt(4, bytes.length).array());
            log.writeBytes(bytes);
        }
        return log.toByteArray();
    }
}
