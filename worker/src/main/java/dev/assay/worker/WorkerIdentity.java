// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import dev.assay.kit.identity.Party;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A worker is nobody's replica: it speaks in a name of its own, and only it is addressed by it. */
@Configuration(proxyBeanMethods = false)
class WorkerIdentity {

    @Bean
    Party party(WorkerSettings settings) {
        return Party.worker(settings.issuer(), settings.name());
    }
}
