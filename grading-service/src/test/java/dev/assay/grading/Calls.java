// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading;

import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Calls the running service. */
@Component
public class Calls {

    public static final String LETTERS = "/v2/admin/grading-service/dead-letters";

    private final Environment environment;

    Calls(Environment environment) {
        this.environment = environment;
    }

    /** With any credential, {@code Bearer …}. */
    public RestTestClient as(String authorization) {
        return RestTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + environment.getProperty("local.server.port"))
                .defaultHeader(HttpHeaders.AUTHORIZATION, authorization)
                .build();
    }

    public RestTestClient asOperator() {
        return as(Tokens.claiming(Role.OPERATOR, Party.service("gateway-service")));
    }

    /** Sends a dead letter again. */
    public void resend(Object letter, HttpStatus expected) {
        asOperator().post().uri(LETTERS + "/" + letter + "/resend").exchange().expectStatus().isEqualTo(expected);
    }
}
