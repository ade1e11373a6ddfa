// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/** The scripts: files of the operator's folder, read again when they change, or such as come with the gateway. */
@Component
class Scripts {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,199}");

    /** A script as it stood in its file, and how often its rules have fit since. */
    record Loaded(Script script, FileTime modified, long size, Map<Integer, AtomicInteger> fits) {

        IntUnaryOperator counter() {
            return rule -> fits.computeIfAbsent(rule, unused -> new AtomicInteger()).incrementAndGet();
        }
    }

    private final Path folder;
    private final Map<String, Loaded> loaded = new ConcurrentHashMap<>();

    Scripts(@Value("${assay.scripts}") String folder) {
        this.folder = Path.of(folder);
    }

    /** @throws ModelErrorException if there is none or it is broken; the message says which file and why */
    Loaded named(String name) {
        if (!NAME.matcher(name).matches()) {
            throw none(name);
        }
        var file = folder.resolve(name + ".yaml");
        try {
            if (!folder.toString().isEmpty() && Files.isRegularFile(file)) {
                return loaded.compute(name, (unused, known) -> fresh(file, known));
            }
            return loaded.computeIfAbsent("builtin:" + name, unused -> builtIn(name));
        } catch (JacksonException e) {
            throw broken(name, ScriptReader.reason(e));
        }
    }

    private static Loaded fresh(Path file, @Nullable Loaded known) {
        try {
            var modified = Files.getLastModifiedTime(file);
            var size = Files.size(file);
            return known != null && known.modified().equals(modified) && known.size() == size
                    ? known
                    : new Loaded(ScriptReader.read(Files.readAllBytes(file)), modified, size, new ConcurrentHashMap<>());
        } catch (IOException e) {
            throw broken(file.getFileName().toString().replaceAll("\\.yaml$", ""), "cannot be read");
        }
    }

    private static Loaded builtIn(String name) {
        try (var resource = Scripts.class.getResourceAsStream("/scripts/" + name + ".yaml")) {
            if (resource == null) {
                throw none(name);
            }
            return new Loaded(ScriptReader.read(resource.readAllBytes()), FileTime.fromMillis(0), 0, new ConcurrentHashMap<>());
        } catch (IOException e) {
            throw broken(name, "cannot be read");
        }
    }

    private static ModelErrorException none(String name) {
        return new ModelErrorException(ModelError.of(404, "The scripted provider has no script '" + name
                + "': it looks for " + name + ".yaml in the folder ASSAY_SCRIPTS and among the scripts that come with it."));
    }

    private static ModelErrorException broken(String name, String reason) {
        return new ModelErrorException(ModelError.of(400, "The script " + name + ".yaml is broken: " + reason));
    }
}
