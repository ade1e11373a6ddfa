// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How this machine reaches packages: what its operator told pip, in its settings files and in variables. It may hold credentials, so it
 * is for steps alone that run no stranger's code; for the others there is {@link #forStrangers()}.
 *
 * @param variables all of it as variables, also what stood in files: no file of the operator's has to be shown
 * @param files what the variables point at
 * @param secrets what must appear in no log
 */
record PackageIndex(Map<String, String> variables, List<Path> files, Set<String> secrets) {

    private static final Pattern USER_INFO = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]{0,15}://)([^/?#\\s]+)@");
    /** Proxies may be named without a scheme. */
    private static final Pattern USER_OF_PROXY = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]{0,15}://)?([^/?#\\s]+)@");
    private static final Pattern REACHING_OUT = Pattern.compile("(?i)(HTTP|HTTPS|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE");

    /** Of pip's settings those that say where packages are, and hold no secret once the user is out of their addresses. */
    private static final Set<String> HARMLESS = Set.of(
            "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_TRUSTED_HOST", "PIP_CERT", "PIP_TIMEOUT",
            "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES", "PIP_PREFER_BINARY", "PIP_DISABLE_PIP_VERSION_CHECK");

    /** Shorter ones would hide ordinary words. */
    private static final int SHORTEST_SECRET = 4;

    static PackageIndex of(Map<String, String> environment) {
        return of(environment, Path.of("/etc"));
    }

    static PackageIndex of(Map<String, String> environment, Path etc) {
        Map<String, String> variables = new TreeMap<>();
        for (var file : settingsFiles(environment, etc)) {
            readSettings(file, variables);
        }
        environment.forEach((name, value) -> {
            if (isPip(name) || REACHING_OUT.matcher(name).matches()) {
                variables.put(name, value);
            }
        });
        variables.remove("PIP_CONFIG_FILE");
        return new PackageIndex(variables, files(variables), secrets(variables));
    }

    /** Whether a deployer's build arguments say where packages come from: then they are not those that others share. */
    static boolean isSteeredBy(Map<String, String> buildArgs) {
        return buildArgs.keySet().stream().anyMatch(name -> isPip(name) || REACHING_OUT.matcher(name).matches());
    }

    /** The same places without credentials. */
    PackageIndex forStrangers() {
        Map<String, String> harmless = new TreeMap<>();
        variables.forEach((name, value) -> {
            if (HARMLESS.contains(name.toUpperCase(Locale.ROOT)) || REACHING_OUT.matcher(name).matches()) {
                harmless.put(name, userInfo(name).matcher(value).replaceAll("$1"));
            }
        });
        return new PackageIndex(harmless, files(harmless), secrets);
    }

    /** The line as it may be shown: without anybody's credentials. */
    String masked(String line) {
        var masked = line;
        for (var secret : secrets) {
            masked = masked.replace(secret, "****");
        }
        return masked.indexOf('@') < 0 ? masked : USER_INFO.matcher(masked).replaceAll("$1****@");
    }

    private static Pattern userInfo(String name) {
        return name.toUpperCase(Locale.ROOT).endsWith("_PROXY") ? USER_OF_PROXY : USER_INFO;
    }

    private static boolean isPip(String name) {
        return name.toUpperCase(Locale.ROOT).startsWith("PIP_");
    }

    /** In pip's own order: what comes later counts. */
    private static List<Path> settingsFiles(Map<String, String> environment, Path etc) {
        var named = environment.getOrDefault("PIP_CONFIG_FILE", "");
        if (named.equals("/dev/null")) {
            return List.of();
        }
        List<Path> files = new ArrayList<>(List.of(etc.resolve("xdg/pip/pip.conf"), etc.resolve("pip.conf")));
        var home = environment.get("HOME");
        if (home != null) {
            files.add(Path.of(home, ".pip/pip.conf"));
            files.add(Path.of(environment.getOrDefault("XDG_CONFIG_HOME", home + "/.config"), "pip/pip.conf"));
        }
        if (!named.isBlank()) {
            files.add(Path.of(named));
        }
        return files;
    }

    private static void readSettings(Path file, Map<String, String> variables) {
        if (!Files.isReadable(file)) {
            return;
        }
        try {
            var section = "";
            var name = "";
            Map<String, String> global = new TreeMap<>();
            Map<String, String> install = new TreeMap<>();
            for (var line : Files.readAllLines(file)) {
                var text = line.strip();
                int equals = text.indexOf('=');
                if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) {
                    continue;
                }
                var settings = section.equals("install") ? install : global;
                boolean counts = section.equals("global") || section.equals("install");
                if (text.startsWith("[") && text.endsWith("]")) {
                    section = text.substring(1, text.length() - 1).strip();
                    name = "";
                } else if (Character.isWhitespace(line.charAt(0)) && !name.isEmpty()) {
                    settings.merge(name, text, (before, more) -> (before + " " + more).strip()); // a value may go on
                } else if (equals > 0 && counts) {
                    name = "PIP_" + text.substring(0, equals).strip().toUpperCase(Locale.ROOT).replace('-', '_');
                    settings.put(name, text.substring(equals + 1).strip());
                } else {
                    name = "";
                }
            }
            variables.putAll(global);
            variables.putAll(install);
        } catch (IOException e) {
            // then pip could not read it either
        }
    }

    private static List<Path> files(Map<String, String> variables) {
        Set<Path> files = new LinkedHashSet<>();
        for (var value : variables.values()) {
            for (var word : value.split("\\s+")) {
                var path = word.startsWith("file:///") ? word.substring("file://".length()) : word;
                if (path.startsWith("/") && Files.exists(Path.of(path))) {
                    files.add(Path.of(path));
                }
            }
        }
        return List.copyOf(files);
    }

    private static Set<String> secrets(Map<String, String> variables) {
        Set<String> secrets = new LinkedHashSet<>();
        variables.forEach((name, value) -> {
            var found = userInfo(name).matcher(value);
            while (found.find()) {
                var userInfo = found.group(2);
                secrets.add(userInfo);
                secrets.add(userInfo.substring(userInfo.indexOf(':') + 1));
            }
        });
        secrets.removeIf(secret -> secret.length() < SHORTEST_SECRET);
        return secrets;
    }
}
