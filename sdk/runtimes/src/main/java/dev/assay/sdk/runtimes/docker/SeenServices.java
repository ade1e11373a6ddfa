// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.protocol.compose.ComposeProject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** What of a project whoever is in it may see of the engine: the containers of its services, once there are such. */
final class SeenServices {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{4,64}");

    /**
     * One service's container.
     *
     * @param id the engine's, whole
     * @param alias another one that is taken for it; empty: there is none
     * @param name as the engine calls it
     * @param image as its author does
     * @param output what it prints
     */
    record Seen(String service, String id, String alias, String name, String image, ContainerOutput output) {

        boolean isMain() {
            return service.equals(ComposeProject.MAIN);
        }

        private boolean isCalled(String reference) {
            return reference.equals(service) || reference.equals(name);
        }

        private boolean begins(String reference) {
            return id.startsWith(reference) || alias.startsWith(reference);
        }
    }

    private final String project;
    private final List<Seen> all = new CopyOnWriteArrayList<>();

    /** @param project its name */
    SeenServices(String project) {
        this.project = project;
    }

    void add(Seen service) {
        all.add(service);
    }

    List<Seen> all() {
        return all;
    }

    /** By a service's name, or its container's, or else the beginning of that one's id, if it is no other's. */
    Seen find(String reference) throws AccessRefused {
        var called = all.stream().filter(service -> service.isCalled(reference)).findFirst();
        if (called.isPresent()) {
            return called.get();
        }
        var begun = ID.matcher(reference).matches() ? all.stream().filter(service -> service.begins(reference)).toList() : List.<Seen>of();
        if (begun.size() != 1) {
            throw new AccessRefused(404, "No such container: " + reference);
        }
        return begun.getFirst();
    }

    /** As Compose's own program marks what it starts, and others look for it. */
    Map<String, String> labels(Seen service) {
        return Map.of(
                "com.docker.compose.project", project, "com.docker.compose.service", service.service(),
                "com.docker.compose.container-number", "1", "com.docker.compose.oneoff", "False");
    }
}
