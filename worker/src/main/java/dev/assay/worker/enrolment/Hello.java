// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.enrolment;

import dev.assay.contracts.internal.WorkerHello;
import dev.assay.kit.identity.PublicKeys;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import tools.jackson.core.JacksonException;

/**
 * Shows job-service the credential. What it answers of public keys is kept in a folder, where tokens are checked with them.
 *
 * @param believed that folder
 */
record Hello(URI jobUrl, String credential, Path believed) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int LONGEST = 300;

    /** It opens nothing: to ask again would not help. */
    static final class Refused extends IOException {

        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    /**
     * @throws Refused if the credential opens nothing
     * @throws IOException if nobody says so
     */
    WorkerHello say() throws IOException, InterruptedException {
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build()) {
            var request = HttpRequest.newBuilder(jobUrl.resolve("/internal/workers/hello"))
                    .header(HttpHeaders.AUTHORIZATION, "Bearer " + credential)
                    .timeout(PATIENCE)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 401) {
                throw new Refused("the worker's credential (ASSAY_WORKER_CREDENTIAL) opens nothing at " + jobUrl
                        + ": it is none, or it was revoked");
            }
            if (answer.statusCode() != 200) {
                var said = answer.body().substring(0, Math.min(answer.body().length(), LONGEST));
                throw new IOException("job-service answers " + answer.statusCode() + ": " + said);
            }
            var hello = Json.MAPPER.readValue(answer.body(), WorkerHello.class);
            PublicKeys.keep("gateway-service", believed, hello.believed());
            return hello;
        } catch (JacksonException e) {
            throw new IOException("what answers at " + jobUrl + " is no job-service: " + e.getMessage(), e);
        }
    }
}
