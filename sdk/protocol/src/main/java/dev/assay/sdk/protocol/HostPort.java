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

    private static String host(Matcher parts) {
        return parts.group("literal") != null ? parts.group("literal") : parts.group("host");
    }
}
