// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.context;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The names and links of a context, followed as a file system would. A link may lead through other links, and what climbs out of the
 * context may do so only on the way: so links are followed step by step, once all of them are known. In names and targets each character
 * is one byte of what the archive says.
 */
final class ContextTree {

    private static final int MOST_STEPS = 4096;
    private static final int MOST_LINKS = 40;
    private static final int LONGEST_STEP = 255;
    private static final long FOLDER = -1;
    private static final long LINK = -2;

    /** All names together: they are held in memory until the end. */
    private static final long MOST_NAME_BYTES = 32L << 20;

    private final ContextLimits limits;

    /** How large each file is, or what it is instead. */
    private final Map<String, Long> sizes = new HashMap<>();

    private final Map<String, String> links = new HashMap<>();
    private long bytes;
    private long nameBytes;

    ContextTree(ContextLimits limits) {
        this.limits = limits;
    }

    /** Each of these returns the name as a path within the context, empty for the context itself. */
    String folder(String name) throws ContextRefused {
        var path = clean(name);
        if (!path.isEmpty() && sizes.getOrDefault(path, FOLDER) != FOLDER) {
            throw new ContextRefused(name, "comes twice");
        }
        sizes.put(path, FOLDER);
        return path;
    }

    String file(String name, long size) throws ContextRefused {
        var path = once(name, size);
        count(size);
        return path;
    }

    String link(String name, String target) throws ContextRefused {
        var path = once(name, LINK);
        countName(target);
        links.put(path, target);
        return path;
    }

    /** A hard link repeats a file that came before it, and costs as much. */
    String hardLink(String name, String target) throws ContextRefused {
        var size = sizes.get(hardLinkTarget(name, target));
        if (size == null || size == FOLDER) {
            throw new ContextRefused(name, "is a hard link to no file that came before it");
        }
        if (size == LINK) {
            throw new ContextRefused(name, "is a hard link to a link");
        }
        return file(name, size);
    }

    String hardLinkTarget(String name, String target) throws ContextRefused {
        try {
            return clean(target);
        } catch (ContextRefused e) {
            throw new ContextRefused(name, "links out of the context, to '" + ContextRefused.shortened(target) + "'");
        }
    }

    /** Within the context, by their paths; not to be followed before {@link #check()}. */
    Map<String, String> links() {
        return links;
    }

    Set<String> filesOnTop() {
        return sizes.keySet().stream().filter(path -> path.indexOf('/') < 0 && sizes.get(path) >= 0).collect(Collectors.toUnmodifiableSet());
    }

    /** To be asked when all entries are in. */
    void check() throws ContextRefused {
        for (var name : sizes.keySet()) {
            for (int slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
                var above = name.substring(0, slash);
                long what = sizes.getOrDefault(above, FOLDER);
                if (what != FOLDER) {
                    throw new ContextRefused(
                            name, "lies behind the " + (what == LINK ? "link '" : "file '") + ContextRefused.shortened(above) + "'");
                }
            }
        }
        for (var link : links.entrySet()) {
            follow(link.getKey(), link.getValue());
        }
    }

    private String once(String name, long what) throws ContextRefused {
        var path = clean(name);
        if (path.isEmpty()) {
            throw new ContextRefused(name, "has a name that is none");
        }
        if (sizes.putIfAbsent(path, what) != null) {
            throw new ContextRefused(name, "comes twice");
        }
        return path;
    }

    private void count(long size) throws ContextRefused {
        bytes += size;
        if (size < 0 || bytes > limits.bytes() || bytes < 0) {
            throw new ContextRefused("unpacks to more than " + limits.bytes() + " bytes");
        }
    }

    private void countName(String name) throws ContextRefused {
        long length = name.length();
        if (length > limits.nameBytes()) {
            throw new ContextRefused(name, "has a name or target of more than " + limits.nameBytes() + " bytes");
        }
        nameBytes += length;
        if (nameBytes > MOST_NAME_BYTES) {
            throw new ContextRefused("has names of more than " + MOST_NAME_BYTES + " bytes together");
        }
    }

    private void follow(String name, String target) throws ContextRefused {
        if (target.startsWith("/") || target.isEmpty() || target.indexOf('\0') >= 0) {
            throw new ContextRefused(name, "links out of the context, to '" + ContextRefused.shortened(target) + "'");
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
                    throw new ContextRefused(name, "links out of the context, to '" + ContextRefused.shortened(target) + "'");
                }
                continue;
            }
            here.addLast(step);
            var next = links.get(String.join("/", here));
            if (next != null) {
                if (next.startsWith("/")) {
                    throw new ContextRefused(name, "links out of the context, to '" + ContextRefused.shortened(next) + "'");
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

    private String clean(String name) throws ContextRefused {
        countName(name);
        if (name.startsWith("/")) {
            throw new ContextRefused(name, "has an absolute path");
        }
        if (name.indexOf('\0') >= 0) {
            throw new ContextRefused(name.replace('\0', '?'), "has a name that is none");
        }
        List<String> steps = new ArrayList<>();
        for (var step : name.split("/")) {
            if (step.equals("..")) {
                throw new ContextRefused(name, "climbs out of the context with '..'");
            }
            if (step.length() > LONGEST_STEP) {
                throw new ContextRefused(name, "has a name of more than " + LONGEST_STEP + " bytes");
            }
            if (!step.isEmpty() && !step.equals(".")) {
                steps.add(step);
            }
        }
        if (steps.size() > limits.depth()) {
            throw new ContextRefused(name, "lies deeper than " + limits.depth() + " folders");
        }
        return String.join("/", steps);
    }
}
