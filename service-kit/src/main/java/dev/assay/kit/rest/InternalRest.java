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

/** Makes clients for other services. Every request carries a fresh token; connections are pooled; answers are awaited for 60 s at most. */
public final class InternalRest {

    private final RestClient.Builder builder;
    private final InternalTokens tokens;
    private final JdkClientHttpRequestFactory requests;

    InternalRest(RestClient.Builder builder, InternalTokens tokens) {
        this.builder = builder;
        this.tokens = tokens;
        this.requests = new JdkClientHttpRequestFactory(HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build());
        this.requests.setReadTimeout(Duration.ofSeconds(60));
    }

    /** Speaks as a service, for {@code /internal} paths. */
    public RestClient forService(String baseUrl) {
        return speakingAs(baseUrl, Role.SERVICE);
    }

    /** Speaks as a worker, for {@code /internal} paths. */
    public RestClient forWorker(String baseUrl) {
        return speakingAs(baseUrl, Role.WORKER);
    }

    /** Speaks as a member of a team, for public paths. */
    public RestClient forTeam(String baseUrl, TeamId team) {
        return client(baseUrl, new Caller(team, new UserId(new UUID(0, 0)), Role.MEMBER, null));
    }

    private RestClient speakingAs(String baseUrl, Role role) {
        return client(baseUrl, new Caller(new TeamId(new UUID(0, 0)), new UserId(new UUID(0, 0)), role, null));
    }

    private RestClient client(String baseUrl, Caller caller) {
        return builder.clone()
                .baseUrl(baseUrl)
                .requestFactory(requests)
                .requestInterceptor((request, body, execution) -> {
                    request.getHeaders().setBearerAuth(tokens.mint(caller));
                    return execution.execute(request, body);
                })
                .build();
    }
}
