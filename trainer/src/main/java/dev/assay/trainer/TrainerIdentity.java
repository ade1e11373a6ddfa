// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer;

import dev.assay.kit.identity.Party;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A trainer is nobody's replica where it holds leases: it speaks in a name of its own. */
@Configuration(proxyBeanMethods = false)
class TrainerIdentity {

    @Bean
    Party party(TrainerSettings settings) {
        return Party.trainer(settings.issuer(), settings.name());
    }
}
