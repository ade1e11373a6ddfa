// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The numbers that keys have on the wire, by the names and characters that people know them by. */
final class Keysyms {

    /** What the published client takes beside X's own names. */
    private static final Map<String, String> SHORT_NAMES = Map.of(
            "Del", "Delete", "Esc", "Escape", "Cmd", "Super_L", "Alt", "Alt_L", "Ctrl", "Control_L", "Super", "Super_L",
            "Shift", "Shift_L", "Backspace", "BackSpace");

    private static final Map<String, Integer> CODES = read();

    private Keysyms() {}

    /**
     * @param key a name such as {@code Return}, or a single character
     * @throws IllegalArgumentException if no key is called so
     */
    static int code(String key) {
        var code = CODES.get(key);
        if (code == null) {
            throw new IllegalArgumentException("unknown key: '" + key + "'");
        }
        return code;
    }

    private static Map<String, Integer> read() {
        var names = new HashMap<String, Integer>();
        var characters = new HashMap<String, Integer>();
        for (var line : resource().lines().filter(line -> !line.startsWith("#")).toList()) {
            var parts = line.split(" ");
            var code = Integer.parseInt(parts[1], 16);
            names.put(parts[0], code);
            if (parts.length > 2) {
                characters.put(Character.toString(Integer.parseInt(parts[2], 16)), code);
            }
        }
        names.putAll(characters);
        SHORT_NAMES.forEach((name, meant) -> names.put(name, Objects.requireNonNull(names.get(meant))));
        return Map.copyOf(names);
    }

    private static String resource() {
        try (var in = Objects.requireNonNull(Keysyms.class.getResourceAsStream("keysyms.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
