// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Large things, found by the SHA-256 of their content. What was put is on disk, synced, before {@link #put} returns, and so is the folder
 * that lists it. What a process that died was just writing is cleared away a day later.
 */
public final class Blobs {

    private static final Duration ABANDONED_AFTER = Duration.ofDays(1);

    private static final String NAME = "[0-9a-f]{64}";

    private final Path folder;
    private final AtomicBoolean cleared = new AtomicBoolean();

    public Blobs(Path folder) {
        this.folder = folder;
    }

    /** @param sha256 lower-case hex @param size in bytes */
    public record Blob(String sha256, long size) {}

    /** More bytes came than are allowed; nothing was kept. */
    public static final class TooLarge extends IOException {
        TooLarge(long limit) {
            super("larger than the " + limit + " bytes that are allowed");
        }
    }

    /**
     * Stores what the stream holds. The same content is stored once.
     *
     * @param limit the most bytes that are taken
     * @throws TooLarge if there are more
     */
    public Blob put(InputStream content, long limit) throws IOException {
        Files.createDirectories(folder);
        var digest = sha256();
        var temporary = Files.createTempFile(folder, "incoming-", ".part");
        try {
            if (cleared.compareAndSet(false, true)) {
                clearAway(Files.getLastModifiedTime(temporary).toInstant().minus(ABANDONED_AFTER));
            }
            long size = 0;
            try (var in = new DigestInputStream(content, digest);
                    var out = Files.newOutputStream(temporary)) {
                var buffer = new byte[64 * 1024];
                for (int n; (n = in.read(buffer)) >= 0; ) {
                    size += n;
                    if (size > limit) {
                        throw new TooLarge(limit);
                    }
                    out.write(buffer, 0, n);
                }
            }
            try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            var hash = HexFormat.of().formatHex(digest.digest());
            var target = path(hash);
            Files.createDirectories(target.getParent());
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            // the name is as durable as what it names: else a power cut leaves a file that nothing lists
            sync(target.getParent());
            sync(folder);
            return new Blob(hash, size);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** The file that holds it, or empty. */
    public Optional<Path> find(String sha256) {
        var file = path(sha256);
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    public InputStream open(String sha256) {
        try {
            return Files.newInputStream(path(sha256));
        } catch (IOException e) {
            throw new UncheckedIOException("blob " + sha256 + " cannot be read", e);
        }
    }

    /** Names of some that were put before this time; where the walk stands is the caller's: it goes through the 256 folders by number. */
    public List<String> putBefore(Instant before, int folderNumber) throws IOException {
        var some = folder.resolve(HexFormat.of().toHexDigits((byte) folderNumber));
        if (!Files.isDirectory(some)) {
            return List.of();
        }
        var names = new ArrayList<String>();
        try (var files = Files.newDirectoryStream(some)) {
            for (var file : files) {
                var name = file.getFileName().toString();
                try {
                    if (name.matches(NAME) && Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                        names.add(name);
                    }
                } catch (NoSuchFileException e) {
                    // another has just deleted it
                }
            }
        }
        return names;
    }

    /** That nothing names it any more, and nobody is about to, is the caller's business. */
    public void delete(String sha256) throws IOException {
        Files.deleteIfExists(path(sha256));
    }

    /** That nothing names it which was put before, is the caller's business; somebody who puts it meanwhile finds it there. */
    public void deleteUnlessPutSince(String sha256, Instant since) throws IOException {
        var file = path(sha256);
        var aside = folder.resolve("incoming-" + UUID.randomUUID() + ".part"); // as what a process that died here had left
        try {
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException gone) {
            return;
        }
        if (Files.getLastModifiedTime(aside).toInstant().isAfter(since)) {
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.deleteIfExists(aside);
        }
    }

    private void clearAway(Instant before) throws IOException {
        try (var parts = Files.newDirectoryStream(folder, "incoming-*.part")) {
            for (var part : parts) {
                if (Files.getLastModifiedTime(part).toInstant().isBefore(before)) {
                    Files.deleteIfExists(part);
                }
            }
        }
    }

    private static void sync(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private Path path(String sha256) {
        if (!sha256.matches(NAME)) {
            throw new IllegalArgumentException("'" + sha256 + "' is no SHA-256");
        }
        return folder.resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
