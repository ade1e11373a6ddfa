// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What somebody in a project asks of its engine. It is taken apart here, and what the engine is asked is put together anew of the parts:
 * no byte that is not understood goes on.
 *
 * @param version as it stands before the path: {@code /v1.41}, or nothing
 * @param path its segments, which are letters, digits, {@code _ . -}
 * @param body null if there is none
 * @param upgrades whether the connection is to become one for a command's streams
 */
record AccessRequest(String method, String version, List<String> path, Map<String, String> query, @Nullable JsonNode body, boolean upgrades) {

    private static final Pattern LINE = Pattern.compile("([A-Z]{1,8}) (/[^ ?#]*)(?:\\?([^ #]*))? HTTP/1\\.[01]");
    private static final Pattern VERSION = Pattern.compile("v\\d{1,2}\\.\\d{1,3}");
    private static final Pattern SEGMENT = Pattern.compile("(?!\\.+$)[A-Za-z0-9_.-]{1,128}");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final int LONGEST_LINE = 8 * 1024;
    private static final int LARGEST_HEAD = 32 * 1024;
    private static final int LARGEST_BODY = 128 * 1024;

    /**
     * Reads one from a connection, and not a byte more.
     *
     * @return null if the connection ends before it begins
     */
    static @Nullable AccessRequest read(InputStream in) throws IOException, AccessRefused {
        var head = head(in);
        if (head == null) {
            return null;
        }
        var lines = head.split("\r\n");
        var line = LINE.matcher(lines[0].length() > LONGEST_LINE ? "" : lines[0]);
        if (!line.matches()) {
            throw new AccessRefused(400, "what is asked is no plain line of HTTP/1.1, of at most " + LONGEST_LINE + " bytes");
        }
        var path = new ArrayList<>(List.of(line.group(2).substring(1).split("/", -1)));
        var version = VERSION.matcher(path.getFirst()).matches() ? "/" + path.removeFirst() : "";
        if (path.isEmpty() || !path.stream().allMatch(segment -> SEGMENT.matcher(segment).matches())) {
            throw new AccessRefused(400, "what is asked is no plain path: " + line.group(2));
        }
        var headers = headers(lines);
        if (headers.containsKey("transfer-encoding")) {
            throw new AccessRefused(411, "what is sent has to say its Content-Length");
        }
        return new AccessRequest(
                line.group(1), version, List.copyOf(path), query(line.group(3)), body(in, headers.getOrDefault("content-length", "0")),
                "tcp".equalsIgnoreCase(headers.get("upgrade")));
    }

    /** Up to the empty line, without it; null if there is nothing. */
    static @Nullable String head(InputStream in) throws IOException, AccessRefused {
        var read = new ByteArrayOutputStream();
        for (int seen = 0; seen < 4; ) {
            int b = in.read();
            if (b < 0) {
                if (read.size() == 0) {
                    return null;
                }
                throw new IOException("it ended in the middle of a head");
            }
            read.write(b);
            if (seen % 2 == 1 ? b != '\n' : b == '\n' || b < ' ' && b != '\t' && b != '\r') {
                throw new AccessRefused(400, "lines end with CR and LF, and have neither within, nor another sign that nobody sees");
            }
            seen = b == (seen % 2 == 0 ? '\r' : '\n') ? seen + 1 : b == '\r' ? 1 : 0;
            if (read.size() > LARGEST_HEAD) {
                throw new AccessRefused(431, "what is asked is longer than " + LARGEST_HEAD + " bytes before its body");
            }
        }
        return read.toString(StandardCharsets.ISO_8859_1).strip();
    }

    private static Map<String, String> headers(String[] lines) throws AccessRefused {
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':'); // no pattern: what one may try again and again, somebody makes it
            if (colon < 0 || !HEADER.matcher(lines[i].substring(0, colon)).matches()
                    || headers.put(lines[i].substring(0, colon).toLowerCase(Locale.ROOT), lines[i].substring(colon + 1).strip()) != null) {
                throw new AccessRefused(400, "a header is none, or is there twice");
            }
        }
        return headers;
    }

    private static Map<String, String> query(@Nullable String text) throws AccessRefused {
        Map<String, String> query = new HashMap<>();
        for (var member : text == null || text.isEmpty() ? new String[0] : text.split("&")) {
            var parts = member.split("=", 2);
            try {
                var value = URLDecoder.decode(parts.length == 2 ? parts[1] : "", StandardCharsets.UTF_8);
                if (query.put(URLDecoder.decode(parts[0], StandardCharsets.UTF_8), value) != null) {
                    throw new AccessRefused(400, "'" + parts[0] + "' is asked twice");
                }
            } catch (IllegalArgumentException e) {
                throw new AccessRefused(400, "what is asked cannot be read: " + member);
            }
        }
        return query;
    }

    private static @Nullable JsonNode body(InputStream in, String length) throws IOException, AccessRefused {
        if (!length.matches("\\d{1,7}") || Integer.parseInt(length) > LARGEST_BODY) {
            throw new AccessRefused(413, "at most " + LARGEST_BODY + " bytes can be sent, and not " + length);
        }
        var bytes = in.readNBytes(Integer.parseInt(length));
        if (bytes.length < Integer.parseInt(length)) {
            throw new IOException("it ended in the middle of a body");
        }
        if (bytes.length == 0) {
            return null;
        }
        try {
            return Json.MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            throw new AccessRefused(400, "what is sent is no JSON");
        }
    }

    /** Refuses by name what is asked beside these; what says nothing or no is well. */
    void takesOnly(String... known) throws AccessRefused {
        var names = Set.of(known);
        for (var member : query.entrySet()) {
            if (!names.contains(member.getKey()) && isSaid(member.getValue())) {
                throw new AccessRefused(400, "'" + member.getKey() + "' is not done here");
            }
        }
    }

    boolean flag(String name) {
        return isSaid(query.getOrDefault(name, ""));
    }

    /** As the engine reads them. */
    private static boolean isSaid(String value) {
        return !Set.of("", "0", "no", "false", "none").contains(value.strip().toLowerCase(Locale.ROOT));
    }
}
