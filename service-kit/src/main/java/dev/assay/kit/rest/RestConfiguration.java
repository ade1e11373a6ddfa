// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rest;

import dev.assay.kit.identity.IdentityConfiguration;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.LentTokens;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

/** Clients for other services. */
@AutoConfiguration(after = IdentityConfiguration.class)
public class RestConfiguration {

    @Bean
    InternalRest internalRest(RestClient.Builder builder, InternalTokens tokens, ObjectProvider<LentTokens> lent) {
        var lender = lent.getIfAvailable();
        return new InternalRest(builder, lender == null ? tokens::mint : (caller, audience) -> lender.token(audience));
    }
}
