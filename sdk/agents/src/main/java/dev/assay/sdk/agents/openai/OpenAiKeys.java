// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.openai;

import java.util.Locale;

/** Keys as OpenAI's models call them, by their X11 names. */
final class OpenAiKeys {

    private OpenAiKeys() {}

    /** The name itself where it is none of those. */
    static String x11(String key) {
        return switch (key.toLowerCase(Locale.ROOT)) {
            case "return", "enter" -> "Return";
            case "escape", "esc" -> "Escape";
            case "arrowup", "up" -> "Up";
            case "arrowdown", "down" -> "Down";
            case "arrowleft", "left" -> "Left";
            case "arrowright", "right" -> "Right";
            case "backspace" -> "BackSpace";
            case "delete", "del" -> "Delete";
            case "tab" -> "Tab";
            case "space" -> "space";
            case "control", "ctrl" -> "Control_L";
            case "alt", "option" -> "Alt_L";
            case "shift" -> "Shift_L";
            case "meta", "cmd", "command", "super" -> "Super_L";
            case "pageup" -> "Page_Up";
            case "pagedown" -> "Page_Down";
            case "home" -> "Home";
            case "end" -> "End";
            case "insert" -> "Insert";
            default -> key;
        };
    }
}
