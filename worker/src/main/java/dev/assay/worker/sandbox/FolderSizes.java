// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.runtimes.docker.DockerRuntime;
import dev.assay.worker.WorkerSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** What this worker keeps on disk, as of the last look: to look takes time where there is much. Sandboxes are watched elsewhere. */
@Component
public class FolderSizes {

    private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);

    /** The engine's folder is not this worker's to look into: it is asked. */
    private static final String IMAGES = "images";

    private final Map<String, Path> folders;
    private final ObjectProvider<DockerRuntime> docker;
    private volatile Map<String, Long> bytes = Map.of();
    private volatile Instant looked = Instant.EPOCH;

    FolderSizes(@Value("${assay.data}") Path data, WorkerSettings settings, ObjectProvider<DockerRuntime> docker, MeterRegistry meters) {
        this.docker = docker;
        var folder = data.resolve("worker");
        this.folders = new TreeMap<>(Map.of(
                "versions", folder.resolve("versions"),
                "venvs", settings.cache().isEmpty() ? folder.resolve("venvs") : Path.of(settings.cache()),
                "spans", folder.resolve("spans")));
        Stream.concat(folders.keySet().stream(), Stream.of(IMAGES)).forEach(name -> Gauge.builder("assay.worker.folder.bytes", this, sizes -> sizes.bytes().getOrDefault(name, 0L))
                .tag("folder", name)
                .description("What a folder of this worker holds of the disk")
                .register(meters));
    }

    /** By what is in them. */
    public Map<String, Long> bytes() {
        return bytes;
    }

    /** Of what can be made again. */
    long remakable() {
        var now = bytes;
        return now.getOrDefault("versions", 0L) + now.getOrDefault("venvs", 0L);
    }

    /** Not often, however often it is asked. */
    void measure(Instant now) throws IOException {
        if (now.isBefore(looked.plus(LOOK_AGAIN))) {
            return;
        }
        var found = new TreeMap<String, Long>();
        for (var folder : folders.entrySet()) {
            found.put(folder.getKey(), bytesIn(folder.getValue()));
        }
        docker.ifAvailable(engine -> found.put(IMAGES, engine.imageBytes()));
        bytes = Map.copyOf(found);
        looked = now;
    }

    /** As far as it can be read: files come and go meanwhile. */
    private static long bytesIn(Path folder) throws IOException {
        var sum = new long[1];
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        return sum[0];
    }
}
