// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import java.util.Locale;
import java.util.Map;

/** Models name keys as xdotool or a browser does ({@code ctrl}, {@code Enter}, {@code ArrowUp}, {@code cmd}); screens know X's names. */
public final class KeyNames {

    private static final Map<String, String> KEYSYMS = Map.ofEntries(
            Map.entry("alt", "Alt_L"), Map.entry("option", "Alt_L"),
            Map.entry("ctrl", "Control_L"), Map.entry("control", "Control_L"),
            Map.entry("shift", "Shift_L"),
            Map.entry("meta", "Super_L"), Map.entry("super", "Super_L"), Map.entry("win", "Super_L"),
            Map.entry("cmd", "Super_L"), Map.entry("command", "Super_L"),
            Map.entry("enter", "Return"), Map.entry("return", "Return"),
            Map.entry("esc", "Escape"), Map.entry("escape", "Escape"),
            Map.entry("tab", "Tab"), Map.entry("space", "space"), Map.entry("backspace", "BackSpace"),
            Map.entry("del", "Delete"), Map.entry("delete", "Delete"),
            Map.entry("home", "Home"), Map.entry("end", "End"),
            Map.entry("pageup", "Page_Up"), Map.entry("pagedown", "Page_Down"),
            Map.entry("arrowup", "Up"), Map.entry("arrowdown", "Down"), Map.entry("arrowleft", "Left"), Map.entry("arrowright", "Right"),
            Map.entry("capslock", "Caps_Lock"), Map.entry("printscreen", "Print"));

    private KeyNames() {}

    /** X's name of the key, whatever the case; a name that is not in the list, such as a letter or {@code F5}, is one already. */
    public static String keysym(String name) {
        return KEYSYMS.getOrDefault(name.toLowerCase(Locale.ROOT), name);
    }
}
