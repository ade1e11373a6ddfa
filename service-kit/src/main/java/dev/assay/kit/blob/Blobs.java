// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.core.io.Resource;

/**
 * Large things, found by the SHA-256 of their content, in lower-case hex. Any other name is an {@link IllegalArgumentException}. Where they
 * are, {@link BlobStore} knows. What cannot be done because the place where they are is full or away is a
 * {@link java.nio.file.FileSystemException}.
 */
public interface Blobs {

    /** @param sha256 lower-case hex @param size in bytes */
    record Blob(String sha256, long size) {}

    /** More bytes came than are allowed; nothing was kept. */
    final class TooLarge extends IOException {
        TooLarge(long limit) {
            super("larger than the " + limit + " bytes that are allowed");
        }
    }

    /**
     * Stores what the stream holds; durable when this returns. The same content is stored once.
     *
     * @param limit the most bytes that are taken
     * @throws TooLarge if there are more
     */
    Blob put(InputStream content, long limit) throws IOException;

    /** What holds it, with its length; empty: there is none. */
    Optional<Resource> find(String sha256);

    /** @throws UncheckedIOException whose cause is a {@link java.nio.file.NoSuchFileException} if there is none */
    InputStream open(String sha256);

    /** Names of some that were put before this time; where the walk stands is the caller's: it goes through their first two digits, 0 to 255. */
    List<String> putBefore(Instant before, int firstDigits) throws IOException;

    /** That nothing names it any more, and nobody is about to, is the caller's business. */
    void delete(String sha256) throws IOException;

    /** That nothing names it which was put before, is the caller's business; somebody who puts it meanwhile finds it there. */
    void deleteUnlessPutSince(String sha256, Instant since) throws IOException;
}
