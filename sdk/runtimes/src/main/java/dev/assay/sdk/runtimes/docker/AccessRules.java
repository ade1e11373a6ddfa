// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.docker.SeenServices.Seen;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What whoever is in a project may ask of the engine: to see its services' containers, to start and stop the others, and to run commands
 * in them and take files from them. Nothing makes a container, an image, a network or a volume, or changes what one is made of.
 */
final class AccessRules {

    private static final Set<String> FILTERS = Set.of("label", "name", "id", "status");

    /** Of a command: what it is, and what does nothing here. */
    private static final Set<String> OF_COMMANDS = Set.of(
            "Cmd", "Env", "WorkingDir", "User", "Tty", "AttachStdin", "AttachStdout", "AttachStderr", "Container", "Detach", "DetachKeys", "ConsoleSize");

    private static final String NUMBER = "-?\\d{1,6}";
    private static final int LONGEST_GRACE_SECONDS = 60;

    private AccessRules() {}

    /** @param prepared whether a command of that id was prepared in this project */
    static AccessWish wish(AccessRequest request, SeenServices services, Predicate<String> prepared) throws AccessRefused {
        var path = request.path();
        var of = path.size() == 3 ? path.get(1) : "";
        var asked = request.method() + " " + (path.size() == 3 ? path.getFirst() + "/*/" + path.getLast() : String.join("/", path));
        return switch (asked) {
            case "GET _ping", "HEAD _ping" -> new AccessWish.Ping();
            case "GET version" -> new AccessWish.Version();
            case "GET containers/json" -> listing(request);
            case "GET containers/*/json" -> {
                request.takesOnly();
                yield new AccessWish.Inspection(services.find(of));
            }
            case "GET containers/*/logs" -> log(request, other(services, of));
            case "POST containers/*/start" -> act(request, other(services, of));
            case "POST containers/*/stop", "POST containers/*/restart" -> act(request, other(services, of), "t", "signal");
            case "POST containers/*/kill" -> act(request, other(services, of), "signal");
            case "GET containers/*/archive", "HEAD containers/*/archive" -> archive(request, other(services, of));
            case "POST containers/*/exec" -> new AccessWish.Command(other(services, of), command(request));
            case "POST exec/*/start" -> start(request, known(of, prepared));
            case "GET exec/*/json" -> ask(request, "/exec/" + known(of, prepared) + "/json");
            case "POST exec/*/resize" -> ask(request, "/exec/" + known(of, prepared) + "/resize", "h", "w");
            default -> throw new AccessRefused(403, "service_access is to a project's own services, and not to " + asked);
        };
    }

    /** Whoever asks is in the environment's own: there it needs nobody's help, and whoever runs it sees to its end. */
    private static Seen other(SeenServices services, String reference) throws AccessRefused {
        var service = services.find(reference);
        if (service.isMain()) {
            throw new AccessRefused(403, "service_access is to the services beside the environment, which is '" + service.service() + "'");
        }
        return service;
    }

    private static String known(String command, Predicate<String> prepared) throws AccessRefused {
        if (!prepared.test(command)) {
            throw new AccessRefused(404, "No such exec instance: " + command);
        }
        return command;
    }

    private static AccessWish listing(AccessRequest request) throws AccessRefused {
        request.takesOnly("all", "limit", "filters");
        var most = number(request, "limit", "0");
        return new AccessWish.Listing(
                request.flag("all") || most > 0, Math.max(0, most), filters(request.query().getOrDefault("filters", "")));
    }

    /** As clients send them: {@code {"label": ["a=1"]}}, or, the older way, {@code {"label": {"a=1": true}}}. */
    private static Map<String, List<String>> filters(String text) throws AccessRefused {
        Map<String, List<String>> filters = new HashMap<>();
        JsonNode said;
        try {
            said = text.isEmpty() ? Json.object() : Json.MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new AccessRefused(400, "filters are no JSON");
        }
        for (var filter : said.properties()) {
            if (!FILTERS.contains(filter.getKey())) {
                throw new AccessRefused(400, "the filter '" + filter.getKey() + "' is not done here");
            }
            List<String> values = new ArrayList<>();
            if (filter.getValue().isObject()) {
                filter.getValue().properties().stream().filter(one -> one.getValue().asBoolean(false)).forEach(one -> values.add(one.getKey()));
            } else {
                filter.getValue().forEach(one -> values.add(one.asString("")));
            }
            filters.put(filter.getKey(), values);
        }
        return filters;
    }

    private static AccessWish log(AccessRequest request, Seen service) throws AccessRefused {
        request.takesOnly("stdout", "stderr", "tail");
        if (!request.flag("stdout") && !request.flag("stderr")) {
            throw new AccessRefused(400, "stdout or stderr is needed");
        }
        var tail = request.query().getOrDefault("tail", "all");
        int lines = tail.equals("all") ? -1 : number(request, "tail", "");
        return new AccessWish.Log(service, lines < 0 ? Integer.MAX_VALUE : lines); // of what was kept
    }

    private static AccessWish archive(AccessRequest request, Seen service) throws AccessRefused {
        request.takesOnly("path");
        var path = request.query().getOrDefault("path", "");
        if (!path.startsWith("/") || path.indexOf(0) >= 0) {
            throw new AccessRefused(400, "path has to be one from the root on");
        }
        return new AccessWish.Asking(
                request.method(), request.version() + "/containers/" + service.id() + "/archive?path=" + URLEncoder.encode(path, StandardCharsets.UTF_8));
    }

    private static AccessWish act(AccessRequest request, Seen service, String... members) throws AccessRefused {
        return new AccessWish.Acting(service, path(request, "/containers/" + service.id() + "/" + request.path().getLast(), members));
    }

    private static AccessWish ask(AccessRequest request, String path, String... members) throws AccessRefused {
        return new AccessWish.Asking(request.method(), path(request, path, members));
    }

    /** @param members of its query, which are numbers but for a signal */
    private static String path(AccessRequest request, String path, String... members) throws AccessRefused {
        request.takesOnly(members);
        List<String> query = new ArrayList<>();
        for (var name : members) {
            var value = request.query().getOrDefault(name, "");
            if (!value.isEmpty()) {
                boolean fits = value.matches(name.equals("signal") ? "[A-Z0-9+-]{1,16}" : "\\d{1,4}");
                if (!fits || name.equals("t") && Integer.parseInt(value) > LONGEST_GRACE_SECONDS) {
                    throw new AccessRefused(400, "'" + value + "' can be no " + name);
                }
                query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        }
        return request.version() + path + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    private static JsonNode command(AccessRequest request) throws AccessRefused {
        request.takesOnly();
        var said = object(request.body());
        for (var member : said.properties()) {
            if (!OF_COMMANDS.contains(member.getKey()) && Json.isTrue(member.getValue())) {
                throw new AccessRefused(403, "'" + member.getKey() + "' of a command is not done here");
            }
        }
        var command = Json.object();
        for (var list : List.of("Cmd", "Env")) {
            var texts = command.putArray(list);
            for (var one : said.path(list)) {
                if (!one.isString()) {
                    throw new AccessRefused(400, list + " has to be a list of texts");
                }
                texts.add(one.stringValue());
            }
        }
        if (command.get("Cmd").isEmpty()) {
            throw new AccessRefused(400, "No exec command specified");
        }
        var folder = said.path("WorkingDir").asString("");
        if (!folder.isEmpty() && (!folder.startsWith("/") || List.of(folder.split("/")).contains("proc"))) {
            throw new AccessRefused(400, "WorkingDir has to be a path from the root on, and none of /proc"); // engines were led out there
        }
        command.put("WorkingDir", folder);
        command.put("User", said.path("User").asString(""));
        for (var flag : List.of("Tty", "AttachStdin", "AttachStdout", "AttachStderr")) {
            command.put(flag, said.path(flag).asBoolean(false));
        }
        return command;
    }

    private static AccessWish start(AccessRequest request, String command) throws AccessRefused {
        request.takesOnly();
        var said = object(request.body());
        return new AccessWish.Starting(
                request.version(), command, said.path("Tty").asBoolean(false), said.path("Detach").asBoolean(false), request.upgrades());
    }

    private static JsonNode object(@Nullable JsonNode body) throws AccessRefused {
        if (body == null || !body.isObject()) {
            throw new AccessRefused(400, "what is sent has to be an object");
        }
        return body;
    }

    private static int number(AccessRequest request, String name, String otherwise) throws AccessRefused {
        var value = request.query().getOrDefault(name, otherwise);
        if (!value.matches(NUMBER)) {
            throw new AccessRefused(400, "'" + value + "' can be no " + name);
        }
        return Integer.parseInt(value);
    }
}
