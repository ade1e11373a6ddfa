// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of an address that can be dialled. {@link java.net.URI} would not do: it knows no host names with underscores. */
record HostPort(String host, int port) {

    private static final Pattern URL = Pattern.compile("(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:(?<user>[^@/?#]*)@)?"
            + "(?:\\[(?<literal>[^]]*)]|(?<host>[^:/?#@\\[\\]]+))(?::(?<port>\\d{1,5}))?(?<rest>[/?#].*)?");

    /** Null unless the address names both. */
    static @Nullable HostPort of(String url) {
        var parts = URL.matcher(url);
        if (!parts.matches() || parts.group("port") == null) {
            return null;
        }
        int port = Integer.parseInt(parts.group("port"));
        return port > 65_535 ? null : new HostPort(host(parts), port);
    }

    /** The same address at another place; a user stays, a password does not. */
    static String replaced(String url, String host, int port) {
        var parts = URL.matcher(url);
        if (!parts.matches()) {
            return url;
        }
        var user = parts.group("user");
        var rest = parts.group("rest");
        var login = user == null ? "" : user.split(":", 2)[0] + "@";
        return parts.group("scheme") + "://" + login + host + ":" + port + (rest == null ? "" : rest);
    }

    private static String host(Matcher parts) {
        return parts.group("literal") != null ? parts.group("literal") : parts.group("host");
    }
}
