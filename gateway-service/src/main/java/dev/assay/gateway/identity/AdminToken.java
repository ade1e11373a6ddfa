// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The operator's token: whoever holds it makes keys for any team. */
@Component
class AdminToken {

    private final String token;

    AdminToken(@Value("${assay.admin-token}") String token) {
        this.token = token;
    }

    /** Why the token that came is not good; null if it is. */
    @Nullable String refusal(Optional<String> offered) {
        if (token.isBlank()) {
            return "This gateway has no admin token: set ASSAY_ADMIN_TOKEN.";
        }
        if (offered.isEmpty()) {
            return "No admin token. Send it as 'Authorization: Bearer <ASSAY_ADMIN_TOKEN>'.";
        }
        var same = MessageDigest.isEqual(
                offered.get().getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
        return same ? null : "The admin token is not the one of this gateway.";
    }
}
