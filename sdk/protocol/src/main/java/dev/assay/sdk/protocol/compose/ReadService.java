// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.compose;

import dev.assay.sdk.protocol.compose.ComposeService.Condition;
import dev.assay.sdk.protocol.compose.ComposeService.HealthCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads one service. */
final class ReadService {

    private static final Set<String> KNOWN = Set.of(
            "image", "build", "environment", "entrypoint", "command", "working_dir", "user", "healthcheck", "network_mode", "networks", "volumes",
            "tmpfs", "depends_on", "scale", "profiles", "restart", "read_only", "init", "mem_limit", "cpus", "pids_limit", "privileged",
            "cap_drop", "security_opt", "tty", "stdin_open", "pull_policy");

    /** What is well where it is said, and does nothing here. */
    private static final Map<String, String> WITHOUT_EFFECT = Map.of(
            "ports", "nothing is published; other services of the project reach it by its name",
            "expose", "other services of the project reach every port",
            "labels", "containers have the platform's labels only",
            "container_name", "services reach each other by the names of services",
            "hostname", "services reach each other by the names of services",
            "stop_grace_period", "what a project has is ended at once",
            "stop_signal", "what a project has is ended at once",
            "logging", "no logs are kept");

    private static final Set<String> RESTARTS = Set.of("always", "unless-stopped", "on-failure");
    private static final Set<String> CONDITIONS = Set.of("service_started", "service_healthy", "service_completed_successfully");

    /** Each look is a process that the engine starts, which nobody's limits count. */
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

    private static final double MOST_CPUS = 1024;
    private static final double MOST_PROCESSES = 1_000_000;

    private final Members service;
    private final String name;
    private final String folder;
    private final Set<String> networks;
    private final List<String> notes;
    private final ReadMounts mounts;

    ReadService(Members service, String name, String folder, Set<String> networks, Set<String> volumes, List<String> notes) {
        this.service = service;
        this.name = name;
        this.folder = folder;
        this.networks = networks;
        this.notes = notes;
        this.mounts = new ReadMounts(service, folder, volumes);
    }

    ComposeService read() {
        refuse();
        mounts.read();
        var build = build();
        var image = service.text("image");
        if (image == null && build == null) {
            service.fault("image", "the service has neither image nor build");
        } else if (image != null && build != null) {
            notes.add(service.path("image") + ": what is built has no name of its own here");
        }
        var mode = service.has("network_mode") ? service.text("network_mode") : null;
        return new ComposeService(
                name, build == null ? image : null, build, mounts.files(), service.map("environment"), service.texts("entrypoint"),
                service.texts("command"), service.text("working_dir"), service.text("user"), healthCheck(), networkOf(mode),
                !"none".equals(mode), networks(mode), mounts.volumes(), mounts.scratch(), dependsOn(), starts(), restart(),
                service.flag("read_only"), service.flag("init"), service.bytes("mem_limit"), service.number("cpus", 0.01, MOST_CPUS),
                processes());
    }

    private void refuse() {
        for (var said : WITHOUT_EFFECT.entrySet()) {
            if (service.has(said.getKey())) {
                notes.add(service.path(said.getKey()) + ": " + said.getValue());
            }
        }
        var known = new ArrayList<>(KNOWN);
        known.addAll(WITHOUT_EFFECT.keySet());
        service.takeOnly(Set.copyOf(known));
        for (var wall : List.of("privileged", "tty", "stdin_open")) {
            if (service.flag(wall)) {
                service.fault(wall, "no service is given that here");
            }
        }
        if (service.has("security_opt") && !isNoNewPrivileges(service.texts("security_opt"))) {
            service.fault("security_opt", "walls are the same for all services, and are not lowered");
        }
        if (service.has("pull_policy") && !Set.of("missing", "if_not_present", "build").contains(String.valueOf(service.text("pull_policy")))) {
            service.fault("pull_policy", "an image that is there is not fetched again");
        }
    }

    private static boolean isNoNewPrivileges(@Nullable List<String> options) {
        return options != null && options.stream().allMatch(option -> option.matches("no-new-privileges([:=]true)?"));
    }

    private @Nullable ComposeBuild build() {
        if (!service.has("build")) {
            return null;
        }
        if (service.get("build").isString()) {
            return build(service.text("build"), "Dockerfile", Map.of());
        }
        var build = service.object("build");
        build.takeOnly(Set.of("context", "dockerfile", "args"));
        var recipe = build.text("dockerfile");
        if (recipe != null && ContextPath.within("", recipe).filter(path -> !path.isEmpty()).isEmpty()) {
            build.fault("dockerfile", "'" + recipe + "' leads out of its context");
        }
        return build(build.has("context") ? build.text("context") : ".", recipe == null ? "Dockerfile" : recipe, build.map("args"));
    }

    private ComposeBuild build(@Nullable String context, String recipe, Map<String, String> args) {
        var path = ContextPath.within(folder, context == null ? "" : context);
        if (path.isEmpty()) {
            service.fault("build", "'" + context + "' is no plain path within what was uploaded");
        }
        return new ComposeBuild(path.orElse(""), ContextPath.within("", recipe).orElse(recipe), new TreeMap<>(args));
    }

    private @Nullable HealthCheck healthCheck() {
        if (!service.has("healthcheck")) {
            return null;
        }
        var check = service.object("healthcheck");
        check.takeOnly(Set.of("disable", "test", "interval", "timeout", "start_period", "retries"));
        var test = check.has("test") ? check.texts("test") : null;
        if (check.flag("disable")) {
            test = List.of("NONE");
        } else if (test != null && check.get("test").isString()) {
            test = test.isEmpty() ? null : List.of("CMD-SHELL", test.getFirst()); // what cannot be read was noted
        } else if (test != null && (test.isEmpty() || !Set.of("NONE", "CMD", "CMD-SHELL").contains(test.getFirst()))) {
            check.fault("test", "must begin with NONE, CMD or CMD-SHELL");
            test = null;
        }
        var interval = check.duration("interval");
        if (interval != null && interval.compareTo(SHORTEST_INTERVAL) < 0) {
            check.fault("interval", "at least 1s lies between two");
        }
        var retries = check.number("retries", 1, 10_000);
        return new HealthCheck(
                test, interval, check.duration("timeout"), check.duration("start_period"),
                retries == null ? null : retries.intValue());
    }

    private @Nullable String networkOf(@Nullable String mode) {
        if (mode == null || mode.equals("none")) {
            return null;
        }
        if (!mode.startsWith("service:")) {
            service.fault("network_mode", "'" + mode + "' is not given: 'none' and 'service:…' are");
            return null;
        }
        return mode.substring("service:".length());
    }

    private Map<String, List<String>> networks(@Nullable String mode) {
        if (mode != null) {
            if (service.has("networks")) {
                service.fault("networks", "a service has network_mode or networks, not both");
            }
            return Map.of();
        }
        Map<String, List<String>> in = new LinkedHashMap<>();
        if (!service.has("networks")) {
            in.put(ComposeProject.DEFAULT_NETWORK, List.of());
        } else if (service.get("networks").isArray()) {
            var named = service.texts("networks");
            (named == null ? List.<String>of() : named).forEach(network -> in.put(network, List.of()));
        } else {
            var members = service.object("networks");
            members.all().forEach((network, said) -> {
                List<String> aliases = null;
                if (!said.isNull()) {
                    var one = members.object(network);
                    one.takeOnly(Set.of("aliases"));
                    aliases = one.texts("aliases");
                }
                in.put(network, aliases == null ? List.of() : aliases);
            });
        }
        in.keySet().stream().filter(network -> !networks.contains(network)).forEach(network ->
                service.fault("networks", "'" + network + "' is declared nowhere"));
        return in;
    }

    private Map<String, Condition> dependsOn() {
        Map<String, Condition> needed = new LinkedHashMap<>();
        if (!service.has("depends_on")) {
            return needed;
        }
        if (service.get("depends_on").isArray()) {
            var named = service.texts("depends_on");
            (named == null ? List.<String>of() : named).forEach(other -> needed.put(other, Condition.SERVICE_STARTED));
            return needed;
        }
        var members = service.object("depends_on");
        members.all().forEach((other, said) -> {
            var one = members.object(other);
            one.takeOnly(Set.of("condition", "required"));
            if (!one.get("required").asBoolean(true)) {
                one.fault("required", "what a service depends on must be there");
            }
            var condition = one.has("condition") ? one.get("condition").asString("") : "service_started";
            if (CONDITIONS.contains(condition)) {
                needed.put(other, Condition.valueOf(condition.toUpperCase(Locale.ROOT)));
            } else {
                one.fault("condition", "one of " + String.join(", ", CONDITIONS.stream().sorted().toList()) + ", not '" + condition + "'");
            }
        });
        return needed;
    }

    /** A profile is nobody's choice here. */
    private boolean starts() {
        var scale = service.number("scale", 0, 1);
        return !service.has("profiles") && (scale == null || scale > 0);
    }

    private @Nullable String restart() {
        var restart = service.text("restart");
        if (restart == null || restart.equals("no")) {
            return null;
        }
        if (!RESTARTS.contains(restart.split(":", 2)[0]) || !restart.matches("[a-z-]+(:\\d{1,4})?")) {
            service.fault("restart", "'" + restart + "' is none of no, " + String.join(", ", RESTARTS.stream().sorted().toList()));
        }
        return restart;
    }

    private @Nullable Long processes() {
        var most = service.number("pids_limit", 1, MOST_PROCESSES);
        return most == null ? null : most.longValue();
    }
}
