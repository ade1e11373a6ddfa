// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.kit.blob.BlobConfiguration.BucketSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.s3.S3Client;

/** Over a stand-in, or over the store that {@code ASSAY_TESTS_BUCKET} names: {@code <address> <bucket> <key> <secret>}. */
class BucketBlobsTests extends BlobsTests {

    private static final String STORE = System.getenv("ASSAY_TESTS_BUCKET");
    private static BucketStandIn standIn;
    private static String[] store;

    @BeforeAll
    static void start() throws IOException {
        standIn = new BucketStandIn();
        store = STORE == null ? new String[] {standIn.address(), BucketStandIn.BUCKET, BucketStandIn.KEY, "a secret"} : STORE.split(" ");
    }

    @AfterAll
    static void stop() {
        standIn.close();
    }

    @Override
    Blobs blobs() {
        return blobs(store[0], store[2], "/", "a-place-" + UUID.randomUUID());
    }

    @Override
    Instant now() {
        return STORE == null ? standIn.now() : super.now();
    }

    private Blobs blobs(String address, String key, String prefix, String place) {
        var settings = new BucketSettings(store[1], "tests" + prefix, address, "us-east-1");
        return new BucketBlobs(client(settings, key), settings.bucket(), settings.before(place), folder);
    }

    private static S3Client client(BucketSettings settings, String key) {
        var credentials = AwsBasicCredentials.create(key, store[3]);
        return BlobConfiguration.client(settings).credentialsProvider(StaticCredentialsProvider.create(credentials)).build();
    }

    @Test
    void placesInABucketKnowNothingOfEachOther() throws IOException {
        var one = blobs(store[0], store[2], "", "one");
        var other = blobs(store[0], store[2], "/", "other");

        var blob = one.put(text("a"), 10);

        assertThat(other.find(blob.sha256())).isEmpty();
        assertThat(read(blobs(store[0], store[2], "/", "one"), blob.sha256())).as("with a slash or without").isEqualTo("a");
        one.delete(blob.sha256());
    }

    @Test
    void listsAreReadToTheirEnd() throws IOException {
        var blobs = blobs();
        for (var number = 0; number < 60; number++) {
            blobs.put(text("some " + number), 20);
        }

        var listed = 0;
        for (var digits = 0; digits < 256; digits++) {
            listed += blobs.putBefore(Instant.parse("2100-01-01T00:00:00Z"), digits).size();
        }

        assertThat(listed).isEqualTo(60);
    }

    /** So that nobody takes it for a blob that there is not. */
    @Test
    void aStoreThatIsAwayOrLetsNobodyInIsNeitherEmptyNorFull() {
        for (var away : new Blobs[] {blobs("http://127.0.0.1:1", store[2], "", "x"), blobs(store[0], "another-key", "", "x")}) {
            assertThatThrownBy(() -> away.put(text("a"), 10)).isInstanceOf(FileSystemException.class);
            assertThatThrownBy(() -> away.find("0".repeat(64))).isInstanceOf(UncheckedIOException.class);
            assertThatThrownBy(() -> away.open("0".repeat(64))).isInstanceOf(UncheckedIOException.class)
                    .cause().isNotInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> away.putBefore(Instant.EPOCH, 0)).isInstanceOf(FileSystemException.class);
            assertThatThrownBy(() -> away.delete("0".repeat(64))).isInstanceOf(FileSystemException.class);
        }
    }
}
