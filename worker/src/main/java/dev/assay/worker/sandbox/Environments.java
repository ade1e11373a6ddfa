// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.VersionId;
import dev.assay.contracts.internal.EnvironmentVersion;
import dev.assay.kit.rest.InternalRest;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.core.JacksonException;

/** What a worker asks environment-service about environments. */
@Component
public class Environments {

    private static final int TRIES = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final RestClient environments;

    Environments(InternalRest rest, @Value("${assay.environment-url}") String environmentUrl) {
        this.environments = rest.forWorker(environmentUrl, "environment-service");
    }

    /**
     * What the name stands for.
     *
     * @param version which of the environment's versions; null: the newest
     */
    public EnvironmentVersion resolve(TeamId team, String name, @Nullable VersionId version) throws NotRunnableException, InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                return environments.get()
                        .uri("/internal/environments/resolve?team={team}&version={version}&name={name}", team, version == null ? "" : version, name)
                        .retrieve()
                        .body(EnvironmentVersion.class);
            } catch (HttpClientErrorException e) {
                throw new NotRunnableException(detail(e, "environment '" + name + "' cannot be resolved"));
            } catch (RestClientException e) {
                if (tries == TRIES) {
                    throw e;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    /** The uploaded context. It is fetched to a file first: unpacking may take longer than a connection waits. */
    public InputStream context(VersionId version, String sha256) throws IOException {
        var file = Files.createTempFile("context", ".tar.gz");
        try {
            var digest = environments.get()
                    .uri("/internal/versions/{version}/context", version)
                    .exchange((request, response) -> {
                        if (response.getStatusCode().isError()) {
                            throw new IOException("environment-service answered " + response.getStatusCode() + " for the context");
                        }
                        return store(response.getBody(), file);
                    });
            if (!sha256.isEmpty() && !sha256.equalsIgnoreCase(digest)) {
                throw new IOException("the context arrived damaged");
            }
            return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
        }
    }

    private static String store(InputStream body, Path file) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            try (var in = new DigestInputStream(body, digest); var out = Files.newOutputStream(file)) {
                in.transferTo(out);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
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
