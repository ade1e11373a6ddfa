// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.AbstractResource;
import org.springframework.core.io.Resource;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Blobs in a bucket of Amazon's S3, or of any store that speaks as it does. Until it is whole and its name is known, a blob is a file here. */
final class BucketBlobs implements Blobs {

    /** What one request can put. */
    private static final long LARGEST = 5L << 30;

    /** How long a deletion may take before nobody waits for it any more. */
    private static final Duration DELETION = Duration.ofMinutes(1);

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final S3Client client;
    private final String bucket;
    private final String before;
    private final Incoming incoming;

    /**
     * @param before what the names of all blobs begin with
     * @param folder for files that are being written
     */
    BucketBlobs(S3Client client, String bucket, String before, Path folder) {
        this.client = client;
        this.bucket = bucket;
        this.before = before;
        this.incoming = new Incoming(folder);
    }

    private interface Request<T> {
        T send();
    }

    private static <T> T sent(String key, Request<T> request) throws FileSystemException {
        try {
            return request.send();
        } catch (SdkException e) {
            var failure = new FileSystemException(key, null, e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    /** {@inheritDoc} The same content is put again: then it counts as put now. */
    @Override
    public Blob put(InputStream content, long limit) throws IOException {
        var received = incoming.receive(content, limit);
        try {
            var blob = received.blob();
            if (blob.size() > LARGEST) {
                throw new FileSystemException(blob.sha256(), null, "larger than the " + LARGEST + " bytes that a bucket takes at once");
            }
            do {
                sent(blob.sha256(), () -> client.putObject(
                        put -> put.bucket(bucket).key(key(blob.sha256())).contentLength(blob.size()), RequestBody.fromFile(received.file())));
            } while (isBeingDeleted(blob.sha256()) || head(key(blob.sha256())) == null);
            return blob;
        } finally {
            Files.deleteIfExists(received.file());
        }
    }

    /** Waits until it is over. A mark that stays was left by a process that died. */
    private boolean isBeingDeleted(String sha256) throws IOException {
        if (head(mark(sha256)) == null) {
            return false;
        }
        var until = System.nanoTime() + DELETION.toNanos();
        while (head(mark(sha256)) != null) {
            if (System.nanoTime() > until) {
                deleteObject(mark(sha256));
            }
            pause();
        }
        return true;
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a blob was waited for");
        }
    }

    @Override
    public Optional<Resource> find(String sha256) {
        try {
            var head = head(key(sha256));
            return head == null ? Optional.empty() : Optional.of(new Found(sha256, head.contentLength()));
        } catch (IOException e) {
            throw new UncheckedIOException("blob " + sha256 + " cannot be asked for", e);
        }
    }

    private final class Found extends AbstractResource {

        private final String sha256;
        private final long length;

        private Found(String sha256, long length) {
            this.sha256 = sha256;
            this.length = length;
        }

        @Override
        public long contentLength() {
            return length;
        }

        @Override
        public InputStream getInputStream() {
            return open(sha256);
        }

        @Override
        public String getDescription() {
            return "blob " + sha256;
        }
    }

    @Override
    public InputStream open(String sha256) {
        var key = key(sha256);
        try {
            return sent(key, () -> client.getObject(get -> get.bucket(bucket).key(key)));
        } catch (FileSystemException e) {
            throw new UncheckedIOException("blob " + sha256 + " cannot be read", isNotThere(e.getCause()) ? new NoSuchFileException(key) : e);
        }
    }

    @Override
    public List<String> putBefore(Instant time, int firstDigits) throws IOException {
        var some = before + HexFormat.of().toHexDigits((byte) firstDigits) + "/";
        return sent(some, () -> client.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(some)).contents().stream()
                .filter(one -> one.lastModified().isBefore(time))
                .map(one -> one.key().substring(some.length()))
                .filter(BlobName::is)
                .toList());
    }

    @Override
    public void delete(String sha256) throws IOException {
        deleteObject(key(sha256));
    }

    /**
     * Between looking and deleting somebody may put it again, and no store can be told to delete only what nobody did. So a mark stands beside
     * it meanwhile, and whoever puts it looks afterwards whether there is a mark or nothing. The time is in whole seconds, rounded down.
     */
    @Override
    public void deleteUnlessPutSince(String sha256, Instant since) throws IOException {
        var until = System.nanoTime() + DELETION.toNanos() / 2;
        sent(mark(sha256), () -> client.putObject(put -> put.bucket(bucket).key(mark(sha256)), RequestBody.empty()));
        try {
            var head = head(key(sha256));
            if (head != null && System.nanoTime() < until && !head.lastModified().plusSeconds(1).isAfter(since)) {
                deleteObject(key(sha256));
            }
        } finally {
            deleteObject(mark(sha256));
        }
    }

    private void deleteObject(String key) throws FileSystemException {
        sent(key, () -> client.deleteObject(delete -> delete.bucket(bucket).key(key)
                .overrideConfiguration(override -> override.apiCallTimeout(DELETION.dividedBy(4)))));
    }

    /** Null: there is none. */
    private @Nullable HeadObjectResponse head(String key) throws FileSystemException {
        try {
            return sent(key, () -> client.headObject(head -> head.bucket(bucket).key(key)));
        } catch (FileSystemException e) {
            if (isNotThere(e.getCause())) {
                return null;
            }
            throw e;
        }
    }

    private static boolean isNotThere(@Nullable Throwable failure) {
        return failure instanceof S3Exception refused && refused.statusCode() == 404;
    }

    private String key(String sha256) {
        return before + BlobName.path(sha256);
    }

    private String mark(String sha256) {
        return before + "going/" + BlobName.path(sha256);
    }
}
