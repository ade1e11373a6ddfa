// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.upload;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names and links of a context, followed as a file system would. A link may lead through other links, and what climbs out of the context
 * may do so only on the way: so links are followed step by step, once all of them are known.
 */
final class ContextTree {

    private static final int MOST_STEPS = 4096;
    private static final int MOST_LINKS = 40;

    private final Map<String, String> links = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final Map<String, String> hardLinks = new HashMap<>();

    void add(String name) throws ContextRefused {
        names.add(clean(name));
    }

    void link(String name, String target) throws ContextRefused {
        add(name);
        links.put(clean(name), target);
    }

    void hardLink(String name, String target) throws ContextRefused {
        add(name);
        hardLinks.put(clean(name), target);
    }

    /** To be asked when all entries are in. */
    void check() throws ContextRefused {
        for (var name : names) {
            for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
                if (links.containsKey(name.substring(0, slash))) {
                    throw new ContextRefused(name, "lies behind the link '" + name.substring(0, slash) + "'");
                }
            }
        }
        for (var link : links.entrySet()) {
            follow(link.getKey(), link.getValue());
        }
        for (var link : hardLinks.entrySet()) {
            if (links.containsKey(plain(link.getKey(), link.getValue()))) {
                throw new ContextRefused(link.getKey(), "is a hard link to a link");
            }
        }
    }

    private void follow(String name, String target) throws ContextRefused {
        if (target.startsWith("/")) {
            throw new ContextRefused(name, "links out of the context, to '" + target + "'");
        }
        var here = new ArrayDeque<>(Arrays.asList(name.split("/")));
        here.removeLast();
        var ahead = new ArrayDeque<>(Arrays.asList(target.split("/")));
        int followed = 0;
        for (int steps = 0; !ahead.isEmpty(); steps++) {
            if (steps > MOST_STEPS) {
                throw new ContextRefused(name, "is a link without end");
            }
            var step = ahead.removeFirst();
            if (step.isEmpty() || step.equals(".")) {
                continue;
            }
            if (step.equals("..")) {
                if (here.pollLast() == null) {
                    throw new ContextRefused(name, "links out of the context, to '" + target + "'");
                }
                continue;
            }
            here.addLast(step);
            var next = links.get(String.join("/", here));
            if (next != null) {
                if (next.startsWith("/")) {
                    throw new ContextRefused(name, "links out of the context, to '" + next + "'");
                }
                if (++followed > MOST_LINKS) {
                    // A circle of links leads nowhere, and nowhere is not outside.
                    return;
                }
                here.removeLast();
                Arrays.asList(next.split("/")).reversed().forEach(ahead::addFirst);
            }
        }
    }

    private static String plain(String name, String target) throws ContextRefused {
        try {
            return clean(target);
        } catch (ContextRefused e) {
            throw new ContextRefused(name, "links out of the context, to '" + target + "'");
        }
    }

    private static String clean(String name) throws ContextRefused {
        if (name.startsWith("/")) {
            throw new ContextRefused(name, "has an absolute path");
        }
        if (name.indexOf('\0') >= 0) {
            throw new ContextRefused(name.replace('\0', '?'), "has a name that is none");
        }
        var steps = new ArrayList<String>();
        for (var step : name.split("/")) {
            if (step.equals("..")) {
                throw new ContextRefused(name, "climbs out of the context with '..'");
            }
            if (!step.isEmpty() && !step.equals(".")) {
                steps.add(step);
            }
        }
        return String.join("/", steps);
    }
}
