// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import dev.assay.sdk.agents.Harness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** The agents that jars bring along: those on this program's path, and those in a folder of the operator's. They are trusted like it. */
final class AgentJars {

    private AgentJars() {}

    /**
     * One of each that a jar names in {@code META-INF/services/dev.assay.sdk.agents.Harness}.
     *
     * @param folder empty: none
     * @throws UncheckedIOException if there is no such folder
     */
    static List<Harness> in(String folder) {
        var own = Harness.class.getClassLoader();
        var loader = folder.isEmpty() ? own : new URLClassLoader("agent jars", jars(Path.of(folder)), own);
        return ServiceLoader.load(Harness.class, loader).stream().map(ServiceLoader.Provider::get).toList();
    }

    private static URL[] jars(Path folder) {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().map(AgentJars::url).toArray(URL[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of agents' jars cannot be read: " + folder, e);
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
