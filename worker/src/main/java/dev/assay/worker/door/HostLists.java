// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * The lists of hosts that sandboxes may reach alone. The same list has the same pass, so that sandboxes that were started for nobody fit; a pass
 * opens nothing but its list, and nothing at another worker.
 */
final class HostLists {

    static final String USER = "hosts";

    private static final int MOST = 10_000;

    private final Map<List<String>, String> passes = new HashMap<>();

    /** Those that were not used for longest come first. */
    private final Map<String, List<String>> lists = new LinkedHashMap<>(16, 0.75f, true);

    /** @param hosts in lower case; {@code *.example.org}: all below that name */
    synchronized String pass(List<String> hosts) {
        var known = passes.get(hosts);
        if (known != null) {
            lists.get(known); // it is the latest that was used
            return known;
        }
        if (lists.size() == MOST) { // whoever still shows it is let out no more
            passes.remove(lists.remove(lists.keySet().iterator().next()));
        }
        var pass = UUID.randomUUID().toString().replace("-", "");
        passes.put(List.copyOf(hosts), pass);
        lists.put(pass, List.copyOf(hosts));
        return pass;
    }

    /** The list whose pass a request for the proxy shows; null: it shows none. */
    synchronized @Nullable List<String> shown(HttpFields headers) {
        var shown = headers.getFields(HttpHeader.PROXY_AUTHORIZATION);
        var said = shown.size() == 1 ? String.valueOf(shown.getFirst().getValue()) : "";
        if (!said.regionMatches(true, 0, "Basic ", 0, 6)) {
            return null;
        }
        try {
            var plain = new String(Base64.getDecoder().decode(said.substring(6).strip()), StandardCharsets.ISO_8859_1);
            return plain.startsWith(USER + ":") ? lists.get(plain.substring(USER.length() + 1)) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static boolean allows(List<String> hosts, String host) {
        var name = host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        return hosts.stream().anyMatch(one -> one.startsWith("*.") ? name.endsWith(one.substring(1)) && name.length() > one.length() - 1 : name.equals(one));
    }
}
