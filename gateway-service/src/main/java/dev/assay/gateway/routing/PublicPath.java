// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a path may be written: in one way only. Doors, routes, controllers and services each decode a path by themselves, so whatever two
 * of them might read differently is refused before any of them sees it. What has to be encoded stays welcome: names in any script
 * anywhere, and in a name of its own segment also the characters that part a path.
 */
final class PublicPath {

    /** What follows these is a name that somebody chose: {@code a%2Fb} there is one name, not two segments. */
    private static final List<String> NAMES = List.of(
            "/v2/tasksets/by-name/", "/inference/models/", "/inference/v1/models/", "/inference/v1beta/models/",
            "/inference/v1beta/tunedModels/",
            "/v2/playground/v1beta/models/", "/v2/playground/v1beta/tunedModels/");

    private static final String NEEDS_NO_ENCODING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    private static final String PLAIN = NEEDS_NO_ENCODING + "/!$&'()*+,=:@";
    private static final String PARTS_A_PATH = "/\\;%";

    private final String raw;
    private final int nameStart;

    private PublicPath(String raw) {
        this.raw = raw;
        this.nameStart = NAMES.stream().filter(raw::startsWith).mapToInt(String::length).findFirst().orElse(raw.length());
    }

    /** What is wrong with a path as it was sent, percent-encoding included; empty if it may pass. */
    static Optional<String> fault(String raw) {
        return Optional.ofNullable(new PublicPath(raw).fault());
    }

    private @Nullable String fault() {
        if (!raw.startsWith("/")) {
            return "does not begin with a slash";
        }
        for (int at = 0; at < raw.length(); ) {
            var character = raw.charAt(at);
            if (character == '%') {
                var fault = faultOfEncoded(at);
                if (fault != null) {
                    return fault;
                }
                at += 3;
                continue;
            }
            if (character == ';') {
                return "holds a path parameter (;)";
            }
            if (character == '\\') {
                return "holds a backslash";
            }
            if (PLAIN.indexOf(character) < 0) {
                return "holds a character that must be percent-encoded";
            }
            at++;
        }
        return faultOfSegments();
    }

    private @Nullable String faultOfEncoded(int at) {
        var octet = octet(at);
        if (octet < 0) {
            return "holds a % that encodes nothing";
        }
        if (octet < 0x20 || octet == 0x7f) {
            return "holds a control character";
        }
        if (octet < 0x80) {
            var spelled = raw.substring(at, at + 3);
            if (NEEDS_NO_ENCODING.indexOf(octet) >= 0) {
                return "spells '" + (char) octet + "' as " + spelled;
            }
            return at < nameStart && PARTS_A_PATH.indexOf(octet) >= 0 ? "holds " + spelled + " where no name stands" : null;
        }
        // Checked once for a whole run of encoded bytes, at its first.
        return octet(at - 3) < 0x80 && !isUtf8(at) ? "is not UTF-8" : null;
    }

    /** The byte that is encoded here; -1 if none is. */
    private int octet(int at) {
        if (at < 0 || at + 3 > raw.length() || raw.charAt(at) != '%') {
            return -1;
        }
        var high = Character.digit(raw.charAt(at + 1), 16);
        var low = Character.digit(raw.charAt(at + 2), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private boolean isUtf8(int from) {
        var bytes = ByteBuffer.allocate(raw.length() / 3);
        for (int at = from; octet(at) >= 0x80; at += 3) {
            bytes.put((byte) octet(at));
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()); // reports what is overlong, cut or a surrogate
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private @Nullable String faultOfSegments() {
        for (int start = 1; start <= raw.length(); ) {
            var slash = raw.indexOf('/', start);
            var end = slash < 0 ? raw.length() : slash;
            if (slash == start) {
                return "holds two slashes in a row: does a configured address, such as HUD_TELEMETRY_URL, end in one?";
            }
            var segment = raw.substring(start, end);
            if (segment.equals(".") || segment.equals("..")) {
                return "holds a dot segment";
            }
            start = end + 1;
        }
        return null;
    }
}
