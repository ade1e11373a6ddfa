// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.gateway.call.Ask;
import dev.assay.gateway.call.Upstream;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Dialects;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.wire.Address;
import dev.assay.gateway.wire.Connections;
import dev.assay.gateway.wire.HttpUpstream;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Role;
import java.net.URI;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/** Built in: whoever samples from the weights that are trained here. It is a part of this platform, and asked with its internal tokens. */
@Configuration(proxyBeanMethods = false)
class TrainerUpstream {

    @Bean
    Upstream trainer(InternalTokens tokens, Connections connections, @Value("${assay.trainer-url}") String url) {
        var chat = URI.create(StringUtils.trimTrailingCharacter(url, '/') + "/v1" + Dialects.path(Dialect.CHAT, Operation.GENERATE, "", false));
        var address = new Address() {
            @Override
            public URI uri(Ask ask) {
                return chat;
            }

            @Override
            public Fields headers(Ask ask) {
                return Fields.builder().add("Authorization", "Bearer " + tokens.mint(Role.SERVICE, ResolvedModel.TRAINER)).build();
            }
        };
        return new HttpUpstream(
                ResolvedModel.TRAINER, address, (operation, model) -> operation == Operation.GENERATE ? List.of(Dialect.CHAT) : List.of(),
                connections);
    }
}
