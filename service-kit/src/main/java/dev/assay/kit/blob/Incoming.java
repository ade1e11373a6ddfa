// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/** The folder of files that are just being written, under names of their own. What a process that died was just writing is cleared away a day later. */
final class Incoming {

    private static final Duration ABANDONED_AFTER = Duration.ofDays(1);

    private final Path folder;
    private final AtomicBoolean cleared = new AtomicBoolean();

    Incoming(Path folder) {
        this.folder = folder;
    }

    /** A whole file, synced. To be deleted by whoever has it, unless it was moved away. */
    record Received(Path file, Blobs.Blob blob) {}

    Received receive(InputStream content, long limit) throws IOException {
        Files.createDirectories(folder);
        var file = Files.createTempFile(folder, "incoming-", ".part");
        try {
            if (cleared.compareAndSet(false, true)) {
                clearAway(Files.getLastModifiedTime(file).toInstant().minus(ABANDONED_AFTER));
            }
            var received = new Received(file, write(content, limit, file));
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            return received;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private static Blobs.Blob write(InputStream content, long limit, Path file) throws IOException {
        var digest = sha256();
        long size = 0;
        try (var in = new DigestInputStream(content, digest);
                var out = Files.newOutputStream(file)) {
            var buffer = new byte[64 * 1024];
            for (int n; (n = in.read(buffer)) >= 0; ) {
                size += n;
                if (size > limit) {
                    throw new Blobs.TooLarge(limit);
                }
                out.write(buffer, 0, n);
            }
        }
        return new Blobs.Blob(HexFormat.of().formatHex(digest.digest()), size);
    }

    /** A name for a file that is to go, as what a process that died here had left. */
    Path aside() {
        return folder.resolve("incoming-" + UUID.randomUUID() + ".part");
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

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
