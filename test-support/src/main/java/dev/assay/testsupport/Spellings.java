// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import java.util.LinkedHashSet;
import java.util.Set;

/** Other ways to write a path, each of which some reader takes for the path itself. */
public final class Spellings {

    private Spellings() {}

    public static Set<String> of(String path) {
        var last = path.lastIndexOf('/');
        var letter = Math.min(path.length() - 1, 1);
        var spellings = new LinkedHashSet<String>();
        if (path.length() > 1) {
            spellings.add(path.substring(0, letter) + encoded(path.charAt(letter)) + path.substring(letter + 1));
            spellings.add(path.substring(0, path.length() - 1) + encoded(path.charAt(path.length() - 1)));
            spellings.add(path.substring(0, letter) + encoded(path.charAt(letter)).replace("%", "%25") + path.substring(letter + 1));
            spellings.add("/%2f" + path.substring(1));
            spellings.add("/%5c" + path.substring(1));
        }
        spellings.add("/" + path);
        spellings.add("/." + path);
        spellings.add("/%2e" + path);
        spellings.add("/x/.." + path);
        spellings.add("/x/%2e%2e" + path);
        spellings.add("/actuator/health/.." + path);
        spellings.add("/;" + path);
        spellings.add("/x;y=z/.." + path);
        spellings.add(path + ";a=b");
        spellings.add(path + "/.");
        spellings.add(path + "//");
        spellings.add(path + "%00");
        spellings.add(path + "%0a");
        spellings.add("\\" + path.substring(1));
        spellings.add(path.substring(0, last) + "%c0%af" + path.substring(last + 1));
        spellings.add(path.substring(0, last) + "/%c0%ae/" + path.substring(last + 1));
        return spellings;
    }

    private static String encoded(char letter) {
        return "%%%02x".formatted((int) letter);
    }
}
