// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.context.ContextArchive;
import dev.assay.sdk.runtimes.context.ContextRefused;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions that are ready on this machine. Made once each; a version never changes. Whatever has not been used for long is cleared
 * away: it can be made again.
 */
final class Versions {

    private static final Logger LOG = LoggerFactory.getLogger(Versions.class);

    private final Path folder;
    private final ContextArchive archives;
    private final VirtualEnvironments environments;
    private final Map<String, PreparedVersion> ready = new ConcurrentHashMap<>();

    Versions(Path folder, ContextArchive archives, VirtualEnvironments environments) {
        this.folder = folder;
        this.archives = archives;
        this.environments = environments;
    }

    PreparedVersion prepare(Source.Context context, Consumer<String> log) throws SandboxException, InterruptedException {
        var known = ready.get(context.id());
        if (known != null && isUsed(known)) {
            return known;
        }
        if (!context.id().matches("[A-Za-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("no plain name: " + context.id());
        }
        try {
            Files.createDirectories(folder);
            try (var lock = FolderLock.hold(lockOf(context.id()))) {
                var source = unpacked(context, log);
                var recipe = ReadRecipe.of(source, context.declaredName());
                UnusedParts.of(source, recipe).forEach(log);
                var environment =
                        switch (recipe) {
                            case Recipe.Python python -> environments.forContext(context, source, python, log);
                            case Recipe.Jar jar -> null;
                        };
                var version = new PreparedVersion(context.id(), source, recipe, environment);
                ready.put(context.id(), version);
                return version;
            }
        } catch (IOException e) {
            throw SandboxException.ofHost("the version cannot be made ready: " + e.getMessage(), e);
        }
    }

    /** Notes that it is. False if it is not there any more. */
    boolean isUsed(PreparedVersion known) {
        return FolderLock.touch(lockOf(known.id()))
                && Files.isDirectory(known.source())
                && (known.virtualEnvironment() == null || environments.isUsed(known.virtualEnvironment()));
    }

    private Path lockOf(String id) {
        return folder.resolve(id + FolderLock.ENDING);
    }

    /** Clears away what nobody has used since then, environments too. */
    void clearUnused(Instant before) throws IOException, InterruptedException {
        FolderLock.clearUnused(folder, before, id -> {
            LOG.info("version {} has not been used for long, and is cleared away", id);
            ready.remove(id);
            return discard(folder.resolve(id), folder.resolve(id + ".half"));
        });
        environments.clearUnused(before);
    }

    private Path unpacked(Source.Context context, Consumer<String> log) throws IOException, SandboxException {
        var done = folder.resolve(context.id());
        if (Files.isDirectory(done)) {
            return done;
        }
        log.accept("unpacking the context");
        var half = folder.resolve(context.id() + ".half");
        DeleteFolder.now(half);
        Files.createDirectories(half);
        try (var archive = context.archive().open()) {
            archives.unpack(archive, half);
            move(half, done);
        } catch (ContextRefused e) {
            throw new SandboxException("the context " + e.getMessage(), e);
        } catch (EOFException | ZipException e) { // it is there as it was uploaded
            throw new SandboxException("the context cannot be unpacked: " + e.getMessage(), e);
        } finally {
            DeleteFolder.now(half);
        }
        return done;
    }

    /** In one step it is no version any more: one that is half there would pass for a whole one. */
    private static boolean discard(Path done, Path half) {
        try {
            DeleteFolder.orSayWhyNot(half);
            if (Files.isDirectory(done)) {
                move(done, half);
            }
            DeleteFolder.orSayWhyNot(half);
            return true;
        } catch (IOException e) {
            LOG.warn("{} cannot be cleared away now: {}", done, e.toString());
            return false;
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to);
        }
    }
}
