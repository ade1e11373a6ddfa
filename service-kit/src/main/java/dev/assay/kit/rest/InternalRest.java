// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rest;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Role;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.UUID;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** Makes clients for other services. Every request carries a fresh token; connections are pooled; answers are awaited for 60 s unless said otherwise. */
public final class InternalRest {

    private final RestClient.Builder builder;
    private final InternalTokens tokens;
    private final HttpClient http;
    private final JdkClientHttpRequestFactory requests;

    InternalRest(RestClient.Builder builder, InternalTokens tokens) {
        this.builder = builder;
        this.tokens = tokens;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
        this.requests = answeredWithin(Duration.ofSeconds(60));
    }

    private JdkClientHttpRequestFactory answeredWithin(Duration patience) {
        var answered = new JdkClientHttpRequestFactory(http);
        answered.setReadTimeout(patience);
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

    /** Speaks as this worker, for {@code /internal} paths. */
    public RestClient forWorker(String baseUrl, String audience) {
        return client(baseUrl, audience, Caller.of(Role.WORKER));
    }

    /** The same for what must be answered within this time, or has failed. */
    public RestClient forWorker(String baseUrl, String audience, Duration patience) {
        return forWorker(baseUrl, audience).mutate().requestFactory(answeredWithin(patience)).build();
    }

    /** Speaks as this service about a team, for public paths that admit services. */
    public RestClient forTeam(String baseUrl, String audience, TeamId team) {
        return client(baseUrl, audience, new Caller(team, new UserId(new UUID(0, 0)), Role.SERVICE));
    }

    /** Carries no token. */
    public RestClient plain(String baseUrl) {
        return builder.clone().baseUrl(baseUrl).requestFactory(requests).build();
    }

    private RestClient client(String baseUrl, String audience, Caller caller) {
        return builder.clone()
                .baseUrl(baseUrl)
                .requestFactory(requests)
                .requestInterceptor((request, body, execution) -> {
                    request.getHeaders().setBearerAuth(tokens.mint(caller, audience));
                    return execution.execute(request, body);
                })
                .build();
    }
}
