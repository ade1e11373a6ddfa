// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The shape of a runtime config. Clients refuse to read one that has a key they do not know, and with it the whole taskset: so it is refused
 * here, when it comes.
 */
public final class RuntimeConfigShape {

    private static final String ROOT = "runtime_config";

    private static final Map<String, Set<String>> KEYS = Map.of(
            ROOT, Set.of("image", "compose", "resources", "limits"),
            ROOT + ".compose", Set.of("document", "root", "service_access"),
            ROOT + ".compose.root", Set.of("compose_path"),
            ROOT + ".resources", Set.of("cpu", "memory_mb", "storage_mb", "gpu", "os", "tpu"),
            ROOT + ".resources.gpu", Set.of("type", "count"),
            ROOT + ".resources.tpu", Set.of("type", "topology"),
            ROOT + ".limits", Set.of("startup_timeout_s", "run_timeout_s"));

    private static final Map<String, Boolean> POSITIVE_NUMBERS = Map.of(
            ROOT + ".resources.cpu", false,
            ROOT + ".resources.memory_mb", true,
            ROOT + ".resources.storage_mb", true,
            ROOT + ".resources.gpu.count", true,
            ROOT + ".limits.startup_timeout_s", true,
            ROOT + ".limits.run_timeout_s", true);

    private static final Set<String> TEXTS = Set.of(ROOT + ".image", ROOT + ".resources.os", ROOT + ".compose.root.compose_path");

    private static final String GPU_TYPE = ROOT + ".resources.gpu.type";

    /** What clients know nothing of: good in what one run asks for, and nowhere where a client reads it. */
    private static final Set<String> OF_RUNS = Set.of("network", "remote", "runtime", "shared");

    private static final Set<String> NETWORKS = Set.of("none", "outbound");

    /** Those that run images in an account of the team's with a provider, which takes a credential. */
    public static final List<String> OF_TEAMS_ACCOUNTS = List.of("e2b", "daytona", "modal");

    private static final String PROCESS = "process";
    private static final String DOCKER = "docker";

    private static final List<String> RUNTIMES = Stream.concat(Stream.of(PROCESS, DOCKER, "kubernetes"), OF_TEAMS_ACCOUNTS.stream()).toList();

    private static final List<String> PLACES = List.of("image", "compose", "remote");

    private static final int MOST_IN_ONE = 64;
    private static final int MOST_HOSTS = 64;
    private static final int LONGEST_HOST = 253;
    private static final Pattern HOST = Pattern.compile("(?!.*(^|\\.)\\d+$)(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*");

    /** What is counted in MiB can be counted in bytes, too. */
    private static final long LARGEST = 1L << 42;

    private RuntimeConfigShape() {}

    /** What is wrong with it, a sentence for each fault; null members are always right. */
    public static List<String> faults(JsonNode config) {
        var faults = new ArrayList<String>();
        check(ROOT, config, faults);
        if (isGiven(config.path("image")) && isGiven(config.path("compose"))) {
            faults.add(ROOT + " takes either image or compose, not both");
        }
        return faults;
    }

    /** The same of what a run asks for, which may say where its environment is served, and how much network it gets. */
    public static List<String> faultsOfRun(JsonNode config) {
        var ofClients = config instanceof ObjectNode object ? object.deepCopy().remove(OF_RUNS) : config;
        var faults = new ArrayList<>(faults(ofClients));
        var network = config.path("network");
        if (network.isArray()) {
            checkHosts(network, faults);
        } else if (isGiven(network) && !(network.isString() && NETWORKS.contains(network.stringValue()))) {
            faults.add(ROOT + ".network must be 'none', 'outbound', or a list of hosts");
        }
        var remote = config.path("remote");
        if (isGiven(remote)) {
            if (!remote.isString() || remoteAddress(remote.stringValue()).isEmpty()) {
                faults.add(ROOT + ".remote must be tcp://host:port");
            }
            if (isGiven(config.path("image")) || isGiven(config.path("compose"))) {
                faults.add(ROOT + " takes either remote or what is to be started, not both");
            }
        }
        if (isGiven(config.path("runtime"))) {
            checkRuntime(config, faults);
        }
        var shared = config.path("shared");
        if (isGiven(shared) && !(shared.canConvertToExactIntegral() && shared.doubleValue() >= 2 && shared.doubleValue() <= MOST_IN_ONE)) {
            faults.add(ROOT + ".shared must be a whole number from 2 to " + MOST_IN_ONE + ": how many runs may be in one sandbox");
        } else if (isGiven(shared) && isGiven(remote)) {
            faults.add(ROOT + ".shared is about sandboxes that are started here: a remote address serves several runs as it is");
        }
        return faults;
    }

    /** Of what was deployed there is a context for {@code process}, and an image for {@code docker} if one was built. */
    private static void checkRuntime(JsonNode config, List<String> faults) {
        var runtime = config.path("runtime").asString("");
        var named = PLACES.stream().filter(place -> isGiven(config.path(place))).findFirst().orElse("");
        if (!RUNTIMES.contains(runtime)) {
            faults.add(ROOT + ".runtime must be one of " + String.join(", ", RUNTIMES));
        } else if (runtime.equals(PROCESS) && !named.isEmpty()) {
            faults.add(ROOT + ".runtime: 'process' runs what was deployed, and " + named + " names something else");
        } else if (!runtime.equals(PROCESS) && !named.equals("image") && !(runtime.equals(DOCKER) && named.isEmpty())) {
            faults.add(ROOT + ".runtime chooses what runs an image: there is none");
        }
    }

    private static void checkHosts(JsonNode hosts, List<String> faults) {
        if (hosts.isEmpty() || hosts.size() > MOST_HOSTS) {
            faults.add(ROOT + ".network must list 1 to " + MOST_HOSTS + " hosts; for none at all it is 'none'");
        }
        for (var number = 0; number < hosts.size(); number++) {
            var host = hosts.get(number);
            if (!host.isString() || host.stringValue().length() > LONGEST_HOST || !HOST.matcher(host.stringValue()).matches()) {
                faults.add(ROOT + ".network[" + number + "] must be a host's name, as api.example.org, or all below one, as *.example.org: no address"
                        + " of the web, no port, no range");
            }
        }
    }

    /** Not looked up; empty if it is none that can be dialled. */
    public static Optional<InetSocketAddress> remoteAddress(String text) {
        try {
            var uri = new URI(text);
            var named = "tcp".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() > 0 && uri.getPort() < 1 << 16;
            return named && text.equals("tcp://" + uri.getHost() + ":" + uri.getPort()) ? Optional.of(InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort())) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static void check(String path, JsonNode value, List<String> faults) {
        if (value.isNull()) {
            return;
        }
        var known = KEYS.get(path);
        if (known != null) {
            checkObject(path, value, known, faults);
        } else if (POSITIVE_NUMBERS.containsKey(path)) {
            checkNumber(path, value, POSITIVE_NUMBERS.get(path), faults);
        } else if (TEXTS.contains(path) && (!value.isString() || value.stringValue().isEmpty())) {
            faults.add(path + " must be a text that is not empty");
        } else if (path.equals(GPU_TYPE) && !isName(value) && !(value.isArray() && !value.isEmpty() && value.valueStream().allMatch(RuntimeConfigShape::isName))) {
            faults.add(path + " must be a name, or a list of names");
        }
    }

    private static void checkObject(String path, JsonNode value, Set<String> known, List<String> faults) {
        if (!value.isObject()) {
            faults.add(path + " must be an object");
            return;
        }
        value.propertyStream().forEach(member -> {
            if (known.contains(member.getKey())) {
                check(path + "." + member.getKey(), member.getValue(), faults);
            } else {
                faults.add(path + " has no '" + member.getKey() + "': it takes " + String.join(", ", known.stream().sorted().toList()));
            }
        });
    }

    private static void checkNumber(String path, JsonNode value, boolean whole, List<String> faults) {
        var number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(number > 0) || number > LARGEST || (whole && number != Math.rint(number))) {
            faults.add(path + " must be a " + (whole ? "whole " : "") + "number above 0" + (number > LARGEST ? ", and at most " + LARGEST : ""));
        }
    }

    private static boolean isName(JsonNode value) {
        return value.isString() && !value.stringValue().isEmpty();
    }

    private static boolean isGiven(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }
}
