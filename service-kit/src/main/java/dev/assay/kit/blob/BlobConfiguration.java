// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Blobs are below the data folder, unless {@code assay.blobs.bucket} says that they are in a bucket. */
@AutoConfiguration
@EnableConfigurationProperties(BlobConfiguration.BucketSettings.class)
class BlobConfiguration {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /**
     * {@code assay.blobs}. Whoever may write there is found as Amazon's clients do: variables, a profile, the machine's role.
     *
     * @param bucket empty: none
     * @param prefix of the names in it, so that several may share a bucket
     * @param endpoint of a store that is not Amazon's
     */
    @ConfigurationProperties("assay.blobs")
    record BucketSettings(
            @DefaultValue("") String bucket, @DefaultValue("") String prefix, @DefaultValue("") String endpoint,
            @DefaultValue("us-east-1") String region) {

        /** What blobs of this place are called before their own name. */
        String before(String place) {
            return prefix.isEmpty() ? place + "/" : prefix.replaceAll("/+$", "") + "/" + place + "/";
        }
    }

    @Bean
    BlobStore blobStore(BucketSettings settings, @Value("${assay.data}") Path data) {
        if (settings.bucket().isEmpty()) {
            return BlobStore.below(data);
        }
        var client = client(settings).build();
        return place -> new BucketBlobs(client, settings.bucket(), settings.before(place), data.resolve(place));
    }

    static S3ClientBuilder client(BucketSettings settings) {
        var client = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SILENCE))
                // which stores other than Amazon's do not all know; a blob's name says what it holds
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false))
                .region(Region.of(settings.region()));
        return settings.endpoint().isEmpty() ? client : client.endpointOverride(URI.create(settings.endpoint())).forcePathStyle(true);
    }
}
