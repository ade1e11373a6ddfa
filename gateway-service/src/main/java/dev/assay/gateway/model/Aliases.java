// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Other names for models: those that clients have used since ever, and the operator's own, which win. Case is free. */
final class Aliases {

    /** Stands for every name that nothing else answers to. */
    static final String ANY = "*";

    /** Kinds of agents that older clients send as their model's name, and short forms that no slug ends in. */
    private static final Map<String, String> BUILT_IN = Map.of(
            "claude", "claude-sonnet-4-6",
            "openai", "gpt-5.6",
            "gemini", "gemini-3.1-pro-preview",
            "openai_compatible", "gpt-5.4-mini",
            "deepseek-v4", "deepseek/deepseek-v4-pro",
            "kimi-2.6", "moonshotai/kimi-k2.6");

    private static final int LONGEST_CHAIN = 4;

    private final Map<String, String> byName = new TreeMap<>(BUILT_IN);

    /**
     * @param own {@code name=model,name=model}; {@code *=model} is for every name that nothing else answers to
     * @throws IllegalArgumentException if it is not of that form
     */
    Aliases(String own) {
        for (var one : own.split(",")) {
            if (one.isBlank()) {
                continue;
            }
            var equals = one.indexOf('=');
            var name = equals < 0 ? "" : one.substring(0, equals).strip().toLowerCase(Locale.ROOT);
            var model = equals < 0 ? "" : one.substring(equals + 1).strip();
            if (name.isEmpty() || model.isEmpty()) {
                throw new IllegalArgumentException("ASSAY_ALIASES has to be name=model,name=model,…, and '" + one.strip() + "' is not");
            }
            byName.put(name, model);
        }
    }

    /** What to ask the catalog for instead, one after the other, once it has said that it does not have a name. */
    List<String> insteadOf(String name) {
        var names = new ArrayList<String>();
        for (var next = byName.get(plain(name)); next != null && names.size() < LONGEST_CHAIN && !names.contains(next); next = byName.get(plain(next))) {
            names.add(next);
        }
        if (byName.containsKey(ANY) && !names.contains(byName.get(ANY))) {
            names.add(byName.get(ANY));
        }
        return List.copyOf(names);
    }

    /** Whether a name stands for others, be it in the catalog or not. */
    boolean has(String name) {
        return byName.containsKey(plain(name));
    }

    private static String plain(String name) {
        var plain = name.strip().toLowerCase(Locale.ROOT);
        return plain.equals(ANY) ? "" : plain; // nobody calls a model so
    }
}
