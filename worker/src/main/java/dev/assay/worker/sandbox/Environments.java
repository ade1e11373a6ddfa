// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.contracts.Failure;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.kit.rest.InternalRest;
import dev.assay.sdk.protocol.Json;
import dev.assay.worker.lease.TellOnce;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.core.JacksonException;

/** What a worker asks environment-service about environments. */
@Component
public class Environments {

    private static final Logger LOG = LoggerFactory.getLogger(Environments.class);
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 2000;

    /** About half an hour: longer than any restart, and than a run may take to prepare. */
    private static final int MOST_TRIES = 900;

    private final RestClient environments;

    Environments(InternalRest rest, @Value("${assay.environment-url}") String environmentUrl) {
        this.environments = rest.forWorker(environmentUrl, "environment-service");
    }

    /**
     * What the name stands for. A service that is away is waited for, as long as the work at hand has time: a run is not to blame for it.
     *
     * @param version which of the environment's versions; null: the newest
     */
    public EnvironmentVersion resolve(TeamId team, String name, @Nullable VersionId version) throws NotRunnableException, InterruptedException {
        for (var tries = 1; ; tries++) {
            try {
                return environments.get()
                        .uri("/internal/environments/resolve?team={team}&version={version}&name={name}", team, version == null ? "" : version, name)
                        .retrieve()
                        .body(EnvironmentVersion.class);
            } catch (RestClientException e) {
                if (e instanceof HttpClientErrorException refused && !TellOnce.isPassing(refused.getStatusCode())) {
                    throw new NotRunnableException(detail(refused, "environment '" + name + "' cannot be resolved"));
                }
                if (tries == MOST_TRIES) {
                    throw new NotRunnableException(Failure.Kind.INFRASTRUCTURE,
                            "environment '" + name + "' could not be resolved: environment-service was away for too long");
                }
                waitFor("which version environment '" + name + "' has", tries, e);
            }
        }
    }

    /**
     * The uploaded context. It is fetched to a file first: unpacking may take longer than a connection waits. It is waited for like an
     * answer of {@link #resolve}.
     *
     * @throws InterruptedIOException if the thread was interrupted
     */
    public InputStream context(VersionId version, String sha256) throws IOException {
        var name = Files.createTempFile("context", ".tar.gz");
        var file = new RandomAccessFile(name.toFile(), "rw"); // no channel: an interrupt would close it
        Files.delete(name); // it is open: a worker that is killed leaves nothing of it
        try {
            var digest = fetch(version, file);
            if (!sha256.isEmpty() && !sha256.equalsIgnoreCase(digest)) {
                throw new IOException("the context arrived damaged");
            }
            file.seek(0);
            return new FileInputStream(file.getFD()); // which closes both
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
        }
    }

    private String fetch(VersionId version, RandomAccessFile file) throws IOException {
        for (var tries = 1; ; tries++) {
            try {
                return Objects.requireNonNull(environments.get()
                        .uri("/internal/versions/{version}/context", version)
                        .exchange((request, response) -> {
                            if (response.getStatusCode().isError()) {
                                throw response.createException();
                            }
                            return store(response.getBody(), file);
                        }));
            } catch (RestClientException e) {
                if (e instanceof HttpClientErrorException refused && !TellOnce.isPassing(refused.getStatusCode())) {
                    throw new IOException(detail(refused, "environment-service refuses the context"), e);
                }
                if (tries == MOST_TRIES) {
                    throw new IOException("the context could not be fetched: environment-service was away for too long", e);
                }
                try {
                    waitFor("the context of version " + version, tries, e);
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while the context was waited for");
                }
            }
        }
    }

    private static void waitFor(String what, int tries, RestClientException e) throws InterruptedException {
        LOG.warn("environment-service does not say {}, asking again: {}", what, e.toString());
        Thread.sleep(Math.min(FIRST_PAUSE_MILLIS << Math.min(tries - 1, 3), LONGEST_PAUSE_MILLIS));
    }

    private static String store(InputStream body, RandomAccessFile file) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            file.setLength(0);
            var buffer = new byte[64 * 1024];
            for (int n; (n = body.read(buffer)) >= 0; ) {
                digest.update(buffer, 0, n);
                write(file, buffer, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the disk does not take will not be taken when it comes again: that is no absence of the service. */
    private static void write(RandomAccessFile file, byte[] buffer, int length) {
        try {
            file.write(buffer, 0, length);
        } catch (IOException e) {
            throw new UncheckedIOException("the context cannot be kept on the worker's disk: " + e.getMessage(), e);
        }
    }

    private static String detail(HttpClientErrorException e, String otherwise) {
        try {
            return Json.MAPPER.readTree(e.getResponseBodyAsString()).path("detail").asString(otherwise);
        } catch (JacksonException noJson) {
            return otherwise;
        }
    }
}
