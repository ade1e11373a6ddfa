// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Public keys as they are handed on to who has no folder of them. */
public final class PublicKeys {

    private PublicKeys() {}

    /** All keys of a party: texts by the names of their files. */
    public static Map<String, String> of(String issuer, Path folder) throws IOException {
        var found = new TreeMap<String, String>();
        for (var file : files(issuer, folder)) {
            found.put(file.getFileName().toString(), Files.readString(file));
        }
        return found;
    }

    /** Makes the folder hold these keys of the party, and no others of it; one that is there stays as it is. Others may do the same. */
    public static void keep(String issuer, Path folder, Map<String, String> keys) throws IOException {
        Files.createDirectories(folder);
        for (var key : keys.entrySet()) {
            var file = folder.resolve(key.getKey()).normalize();
            if (!KeyFile.isOf(issuer, key.getKey()) || !folder.normalize().equals(file.getParent())) {
                throw new IOException("'" + key.getKey() + "' names no key of " + issuer);
            }
            if (!Files.exists(file)) {
                var unfinished = Files.createTempFile(folder, ".new-", "");
                Files.writeString(unfinished, key.getValue());
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        for (var file : files(issuer, folder)) {
            if (!keys.containsKey(file.getFileName().toString())) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static List<Path> files(String issuer, Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> KeyFile.isOf(issuer, file.getFileName().toString())).toList();
        }
    }
}
