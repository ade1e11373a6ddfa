// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.nimbusds.jose.KeySourceException;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClientResponseException;

/** Why a sign-in with the provider came to nothing, and what the browser is told. */
enum OidcFailure {
    /** It was not begun in this browser, took too long, or was ended before. */
    NOT_BEGUN(
            HttpStatus.BAD_REQUEST,
            "This sign-in was not begun in this browser, took more than ten minutes, or is over already. Begin again."),
    /** The provider's page said no. */
    DECLINED(HttpStatus.FORBIDDEN, "%s did not sign you in: it was declined there."),
    /** The provider does not answer, or not in time. */
    AWAY(HttpStatus.SERVICE_UNAVAILABLE, "%s does not answer just now. Try again in a moment, or sign in with an API key."),
    /** What the provider says does not stand the check. */
    NOT_BELIEVED(
            HttpStatus.BAD_GATEWAY,
            "What %s said about you did not stand the check, so nobody is signed in. The operator finds why in the log.");

    private static final Set<String> BEGIN_AGAIN = Set.of("authorization_request_not_found", "invalid_state_parameter", "invalid_grant");
    /** Of the provider's page; the rest of what can stand there says that we asked wrongly, or that it cannot answer. */
    private static final Set<String> NO = Set.of(
            "access_denied", "login_required", "consent_required", "interaction_required", "account_selection_required",
            "unauthorized_client");
    private static final int LONGEST = 300;

    private final HttpStatus status;
    private final String words;

    OidcFailure(HttpStatus status, String words) {
        this.status = status;
        this.words = words;
    }

    /** @param code of OAuth 2; empty: none */
    static OidcFailure of(String code, Throwable failure) {
        if (BEGIN_AGAIN.contains(code) || code.equals("invalid_request")) {
            return NOT_BEGUN;
        }
        if (NO.contains(code)) {
            return DECLINED;
        }
        var away = code.equals("temporarily_unavailable") || code.equals("server_error") || causes(failure).anyMatch(cause ->
                cause instanceof AuthenticationServiceException || cause instanceof ResourceAccessException
                        || cause instanceof HttpServerErrorException || cause instanceof IOException
                        || cause instanceof KeySourceException);
        return away ? AWAY : NOT_BELIEVED;
    }

    HttpStatus status() {
        return status;
    }

    String words(String provider) {
        return words.replace("%s", provider);
    }

    /** What went wrong, without a line of its own that somebody else wrote. Tokens, codes and secrets stand in none of these words. */
    static String forTheLog(String code, Throwable failure) {
        var words = Stream.concat(Stream.of(code), causes(failure).map(OidcFailure::said))
                .distinct()
                .collect(Collectors.joining("; "))
                .replaceAll("[^\\x20-\\x7E]", " ");
        return words.length() > LONGEST ? words.substring(0, LONGEST) + "…" : words;
    }

    /** An answer's body is not repeated. */
    private static String said(Throwable cause) {
        return cause.getClass().getSimpleName() + ": "
                + (cause instanceof RestClientResponseException answer ? answer.getStatusCode() : cause.getMessage());
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(10);
    }
}
