// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rest;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.web.Arrival;
import dev.assay.kit.web.Deadline;
import dev.assay.kit.web.TimeLeft;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.util.StringUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Makes clients for other services. Every request carries a token that is at most half a minute old; connections are pooled; answers are
 * awaited for 60 s unless said otherwise, and no longer than whoever asked us waits.
 */
public final class InternalRest {

    private final RestClient.Builder builder;
    private final BiFunction<Caller, String, String> tokens;
    private final HttpClient http;
    private final ClientHttpRequestFactory requests;

    /** @param tokens makes one for a caller and an audience */
    InternalRest(RestClient.Builder builder, BiFunction<Caller, String, String> tokens) {
        this.builder = builder;
        this.tokens = tokens;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
        this.requests = answeredWithin(Duration.ofSeconds(60));
    }

    private ClientHttpRequestFactory answeredWithin(Duration patience) {
        var answered = within(patience);
        return (uri, method) -> TimeLeft.ofThisRequest()
                .filter(left -> left.compareTo(patience) < 0)
                .map(left -> within(left.isPositive() ? left : Duration.ofMillis(1)))
                .orElse(answered)
                .createRequest(uri, method);
    }

    private JdkClientHttpRequestFactory within(Duration time) {
        var answered = new JdkClientHttpRequestFactory(http);
        answered.setReadTimeout(time);
        return answered;
    }

    /**
     * Speaks as this service, for {@code /internal} paths.
     *
     * @param audience the service that is at the address: nobody else believes the tokens
     */
    public RestClient forService(String baseUrl, String audience) {
        return client(baseUrl, audience, Caller.of(Role.SERVICE));
    }

    /** The same for short questions that somebody waits for: one that is not answered within this time has failed. */
    public RestClient forService(String baseUrl, String audience, Duration patience) {
        return forService(baseUrl, audience).mutate().requestFactory(answeredWithin(patience)).build();
    }

    /**
     * Sends bytes that are there already, many and often: as this service, for {@code /internal} paths. The clients above copy a body three
     * times, and hand it over in small pieces.
     */
    public Bytes bytesForService(String baseUrl, String audience, Duration patience) {
        var base = StringUtils.trimTrailingCharacter(baseUrl, '/');
        return (path, type, body, length) -> {
            var answer = http.sendAsync(
                    HttpRequest.newBuilder(URI.create(base + path))
                            .header(HttpHeaders.AUTHORIZATION, "Bearer " + tokens.apply(Caller.of(Role.SERVICE), audience))
                            .header(HttpHeaders.CONTENT_TYPE, type)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body, 0, length))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            try { // the client's own time-out ends with the answer's head
                return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS).statusCode();
            } catch (TimeoutException e) {
                throw new HttpTimeoutException("no whole answer within " + patience);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
            } finally {
                answer.cancel(true);
            }
        };
    }

    /** Where bytes are posted. */
    public interface Bytes {

        /**
         * @param length of what is sent, in what may be larger memory
         * @return the answer's status
         * @throws IOException if there is no answer in time
         */
        int post(String path, String type, byte[] body, int length) throws IOException, InterruptedException;
    }

    /** Speaks as this worker, for {@code /internal} paths. */
    public RestClient forWorker(String baseUrl, String audience) {
        return client(baseUrl, audience, Caller.of(Role.WORKER));
    }

    /** The same for what must be answered within this time, or has failed. */
    public RestClient forWorker(String baseUrl, String audience, Duration patience) {
        return forWorker(baseUrl, audience).mutate().requestFactory(answeredWithin(patience)).build();
    }

    /** Speaks as this trainer, for {@code /internal} paths. */
    public RestClient forTrainer(String baseUrl, String audience) {
        return client(baseUrl, audience, Caller.of(Role.TRAINER));
    }

    /** The same for what must be answered within this time, or has failed. */
    public RestClient forTrainer(String baseUrl, String audience, Duration patience) {
        return forTrainer(baseUrl, audience).mutate().requestFactory(answeredWithin(patience)).build();
    }

    /** The same for files, which are sent as they are read: the clients above hold a body in memory. */
    public RestClient filesForTrainer(String baseUrl, String audience, Duration patience) {
        return builder.clone()
                .baseUrl(baseUrl)
                .requestFactory(within(patience))
                .requestInitializer(request -> request.getHeaders().setBearerAuth(tokens.apply(Caller.of(Role.TRAINER), audience)))
                .build();
    }

    /** The word with which this service speaks about a team, for a client of another make. It is believed for some minutes. */
    public String tokenForTeam(String audience, TeamId team) {
        return tokens.apply(ofTeam(team), audience);
    }

    /** Speaks as this service about a team, for public paths that admit services. */
    public RestClient forTeam(String baseUrl, String audience, TeamId team) {
        return client(baseUrl, audience, ofTeam(team));
    }

    private static Caller ofTeam(TeamId team) {
        return new Caller(team, new UserId(new UUID(0, 0)), Role.SERVICE);
    }

    /** The same for what may take this long. */
    public RestClient forTeam(String baseUrl, String audience, TeamId team, Duration patience) {
        return forTeam(baseUrl, audience, team).mutate().requestFactory(answeredWithin(patience)).build();
    }

    /** Carries no token. */
    public RestClient plain(String baseUrl) {
        return builder.clone().baseUrl(baseUrl).requestFactory(requests).build();
    }

    /** What is asked because somebody asked us: under the id of that request, and until its deadline. */
    private static void onBehalf(HttpHeaders headers) {
        if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes served) {
            var id = Arrival.requestId(served.getRequest());
            if (!id.isEmpty()) {
                headers.set(Arrival.REQUEST_ID, id);
            }
            if (TimeLeft.ofThisRequest().isPresent()) { // what others wait for as well has none
                Arrival.deadline(served.getRequest()).ifPresent(deadline -> headers.set(Deadline.HEADER, deadline.header()));
            }
        }
    }

    private RestClient client(String baseUrl, String audience, Caller caller) {
        return builder.clone()
                .baseUrl(baseUrl)
                .requestFactory(requests)
                .requestInterceptor((request, body, execution) -> {
                    request.getHeaders().setBearerAuth(tokens.apply(caller, audience));
                    onBehalf(request.getHeaders());
                    return execution.execute(request, body);
                })
                .build();
    }
}
