// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.blob;

import dev.assay.kit.rest.InternalRest;
import dev.assay.trainer.TrainerSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.io.FileSystemResource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;

/** Blobs of training-service, as files: fetched, kept for a while, and put. */
@Component
public class BlobFolder {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final String ABSENT = "nothing: there is none";
    private static final String PATH = "/internal/training/blobs";

    /** Of a large file. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private final RestClient service;
    private final KeptFiles kept;

    BlobFolder(
            InternalRest rest, @Value("${assay.training-url}") String url, @Value("${assay.data}") Path data, TrainerSettings settings,
            Clock clock)
            throws IOException {
        this.service = rest.filesForTrainer(url, "training-service", PATIENCE);
        this.kept = new KeptFiles(data.resolve("trainer/blobs"), settings.files().toBytes(), clock);
    }

    /**
     * The blob as a file, which nobody changes.
     *
     * @throws IOException if there is none, or something else came
     * @throws org.springframework.web.client.RestClientException if it cannot be had now
     */
    public Path fetch(String sha256) throws IOException {
        if (!SHA256.matcher(sha256).matches()) {
            throw new IOException("'" + sha256 + "' names no blob");
        }
        var known = kept.find(sha256);
        if (known != null) {
            return known;
        }
        var fetched = kept.scratch();
        try {
            fetch(sha256, fetched);
            return kept.keep(sha256, fetched);
        } finally {
            Files.deleteIfExists(fetched);
        }
    }

    private void fetch(String sha256, Path to) throws IOException {
        var found = Objects.requireNonNull(service.get().uri(PATH + "/{sha256}", sha256).exchange((request, answer) -> {
            if (answer.getStatusCode().value() == 404) {
                return ABSENT; // an exception of files would be taken for one of the connection
            }
            if (!answer.getStatusCode().is2xxSuccessful()) {
                throw answer.createException();
            }
            return copy(answer.getBody(), to);
        }));
        if (!found.equals(sha256)) {
            throw new IOException("blob " + sha256 + " came as " + found);
        }
    }

    /** @return the hash of what came, or why it could not be written */
    private static String copy(InputStream from, Path to) throws IOException {
        var digest = sha256();
        try (var out = Files.newOutputStream(to)) {
            var buffer = new byte[64 * 1024];
            for (int many; (many = from.read(buffer)) >= 0; ) {
                digest.update(buffer, 0, many);
                try {
                    out.write(buffer, 0, many);
                } catch (IOException e) {
                    return "nothing: " + e.getMessage();
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The name that the file has in training-service from now on; there it is whether or not it was there before.
     *
     * @throws IOException if there is no room for it
     * @throws org.springframework.web.client.RestClientException if it cannot be put now
     */
    public String put(Path file) throws IOException {
        try {
            var put = service.put()
                    .uri(PATH)
                    .contentType(MediaType.APPLICATION_OCTET_STREAM)
                    .body(new FileSystemResource(file))
                    .retrieve()
                    .body(Put.class);
            return Objects.requireNonNull(put, "a blob was put and not named").sha256();
        } catch (HttpServerErrorException e) {
            if (!e.getStatusCode().isSameCodeAs(HttpStatus.INSUFFICIENT_STORAGE)) {
                throw e;
            }
            var problem = e.getResponseBodyAs(ProblemDetail.class);
            throw new IOException("training-service cannot keep what was made: " + (problem == null ? "" : problem.getDetail()), e);
        }
    }

    private record Put(String sha256) {}

    /** A file to write into; whoever asks for it deletes it. */
    public Path scratch() throws IOException {
        return kept.scratch();
    }
}
