// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.compose;

import dev.assay.sdk.protocol.compose.ComposeService.FileCopy;
import dev.assay.sdk.protocol.compose.ComposeService.VolumeMount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads a project, and refuses by name what is not done here: a wall that a document asks to be lowered is not lowered in silence, nor is a wish forgotten. */
final class ReadProject {

    private static final String PATH = "runtime_config.compose";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,59}");
    private static final int MOST_SERVICES = 20;

    /** With those that are only built: each is one more build, and one more that others may depend on. */
    private static final int MOST_DECLARED = 100;

    private static final int MOST_NETWORKS = 8;

    /** Of a document that cannot be read. */
    private static final ComposeProject NONE = new ComposeProject(Map.of(), Set.of(), Set.of(), List.of(), false);

    private final List<String> faults;
    private final List<String> notes = new ArrayList<>();

    ReadProject(List<String> faults) {
        this.faults = faults;
    }

    ComposeProject read(JsonNode compose) {
        var all = new Members(PATH, compose, faults);
        boolean hasAccess = all.flag("service_access");
        if (!all.get("document").isObject()) {
            all.fault("document", "the Compose document itself is needed, not where it lies: clients inline it");
            return NONE;
        }
        var document = all.object("document");
        document.takeOnly(Set.of("version", "name", "services", "networks", "volumes"));
        var folder = folder(all);
        var networks = declared(document, "networks", Set.of("name", "driver", "internal", "attachable", "enable_ipv6"));
        var volumes = declared(document, "volumes", Set.of("name", "driver"));
        Map<String, ComposeService> services = new LinkedHashMap<>();
        if (document.has("services")) {
            var members = document.object("services");
            if (members.all().size() > MOST_DECLARED) {
                document.fault("services", "at most " + MOST_DECLARED + " are taken");
                return NONE;
            }
            members.all().forEach((name, service) -> {
                if (NAME.matcher(name).matches()) {
                    services.put(name, new ReadService(members.object(name), name, folder, networks, volumes, notes).read());
                } else {
                    members.fault(name, "no name for a service: letters, digits, '_', '.' and '-', at most 60");
                }
            });
        }
        if (hasAccess) {
            refuseAtSockets(services.get(ComposeProject.MAIN));
        }
        return new ComposeProject(ordered(services), networks, volumes, List.copyOf(notes), hasAccess);
    }

    private void refuseAtSockets(@Nullable ComposeService main) {
        if (main != null) {
            Stream.of(main.volumes().stream().map(VolumeMount::target), main.files().stream().map(FileCopy::target), main.scratch().stream())
                    .flatMap(targets -> targets)
                    .filter(ComposeProject.PLACES_OF_ACCESS::contains)
                    .forEach(target -> faults.add(PATH + ".document.services.main: '" + target + "' is where service_access puts its socket"));
        }
    }

    /** The folder of the document within what was uploaded, which its paths begin at. */
    private static String folder(Members all) {
        if (!all.has("root")) {
            return "";
        }
        var path = all.object("root").get("compose_path").asString("");
        var folder = ContextPath.within("", path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : ".");
        if (folder.isEmpty()) {
            all.fault("root.compose_path", "'" + path + "' leads out of what was uploaded");
        }
        return folder.orElse("");
    }

    /** Those that the document declares; each is made for the project, with nothing of its own to be said about it. */
    private Set<String> declared(Members document, String kind, Set<String> known) {
        var names = new TreeSet<String>();
        if (kind.equals("networks")) {
            names.add(ComposeProject.DEFAULT_NETWORK);
        }
        if (document.has(kind)) {
            var members = document.object(kind);
            members.all().forEach((name, one) -> {
                if (!NAME.matcher(name).matches()) {
                    members.fault(name, "no name that can be had here");
                }
                if (!one.isNull()) {
                    var said = members.object(name);
                    said.takeOnly(known);
                    if (said.has("driver") && !Set.of("bridge", "local").contains(said.get("driver").asString(""))) {
                        said.fault("driver", "none can be chosen");
                    }
                    if (said.flag("enable_ipv6")) {
                        said.fault("enable_ipv6", "a project's networks have none");
                    }
                }
                names.add(name);
            });
        }
        if (names.size() > MOST_NETWORKS) {
            document.fault(kind, "at most " + MOST_NETWORKS + " are taken");
        }
        return names;
    }

    /** What others depend on comes before these. */
    private Map<String, ComposeService> ordered(Map<String, ComposeService> services) {
        var main = services.get(ComposeProject.MAIN);
        if (main == null || !main.starts()) {
            faults.add(PATH + ".document.services: the environment is the service 'main', " + (main == null ? "there is none" : "which is not started"));
        } else if (main.restart() != null) {
            faults.add(PATH + ".document.services.main.restart: an environment that ends is not started again");
        }
        if (services.values().stream().filter(ComposeService::starts).count() > MOST_SERVICES) {
            faults.add(PATH + ".document.services: at most " + MOST_SERVICES + " are started");
        }
        Map<String, ComposeService> ordered = new LinkedHashMap<>();
        var begun = new LinkedHashSet<String>();
        services.keySet().forEach(name -> visit(name, services, begun, ordered));
        return ordered;
    }

    private void visit(String name, Map<String, ComposeService> services, Set<String> begun, Map<String, ComposeService> ordered) {
        var service = services.get(name);
        if (service == null || ordered.containsKey(name)) {
            return;
        }
        if (!begun.add(name)) {
            faults.add(PATH + ".document.services." + name + ": it depends on itself, by way of others or not");
            return;
        }
        var needed = new HashMap<String, String>();
        service.dependsOn().keySet().forEach(other -> needed.put(other, "depends_on"));
        if (service.networkOf() != null) {
            needed.put(service.networkOf(), "network_mode");
        }
        needed.forEach((other, by) -> {
            var there = services.get(other);
            if (there == null || !there.starts() && service.starts()) {
                faults.add(PATH + ".document.services." + name + "." + by + ": '" + other + "' " + (there == null ? "is no service" : "is not started"));
            }
            visit(other, services, begun, ordered);
        });
        ordered.put(name, service);
    }
}
