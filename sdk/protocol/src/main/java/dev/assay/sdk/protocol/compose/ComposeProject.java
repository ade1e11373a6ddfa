// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A Compose project that can be run here: what there is of Compose beyond that was refused when it was read.
 *
 * @param services by their names, those that others depend on before these
 * @param networks that services are in; of each project its own, whatever others call theirs
 * @param volumes likewise
 * @param notes what is said in it and has no effect here, a sentence each
 * @param hasAccess whether the environment may see and use its services' containers, by a socket as an engine's
 */
public record ComposeProject(
        Map<String, ComposeService> services, Set<String> networks, Set<String> volumes, List<String> notes, boolean hasAccess) {

    /** The service that is the environment. */
    public static final String MAIN = "main";

    /** Where clients look for an engine: the first is everybody's, the second the published client's own. */
    public static final List<String> PLACES_OF_ACCESS = List.of("/var/run/docker.sock", "/media/hud/docker.sock");

    /** Of a project's own, for services that name no other. */
    public static final String DEFAULT_NETWORK = "default";

    /**
     * @param compose the member of a runtime config, with its document inlined
     * @throws IllegalArgumentException if it is none that runs here; the message names each fault, on a line of its own
     */
    public static ComposeProject read(JsonNode compose) {
        var faults = new ArrayList<String>();
        var project = new ReadProject(faults).read(compose);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", faults));
        }
        return project;
    }

    /** Those that are started; the others are built for others to begin with, or not at all. */
    public List<ComposeService> started() {
        return services.values().stream().filter(ComposeService::starts).toList();
    }

    /** Whose network a service has: its own, or another's that {@code network_mode} leads to. */
    public ComposeService networkOwner(ComposeService service) {
        var owner = service;
        while (owner.networkOf() != null) {
            owner = services.get(owner.networkOf());
        }
        return owner;
    }
}
