// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.session;

import dev.assay.contracts.internal.SessionLease;
import dev.assay.worker.WorkerSettings;
import dev.assay.worker.lease.WorkSlots;
import dev.assay.worker.sandbox.Walls;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How many sessions this worker holds at once. */
@Configuration(proxyBeanMethods = false)
class SessionConfiguration {

    @Bean
    WorkSlots<SessionLease> sessions(RunSession work, SessionSettings settings, WorkerSettings worker, Walls walls) {
        var most = settings.sessions() > 0 ? settings.sessions() : worker.slots();
        return new WorkSlots<>(work, most, () -> !walls.areMissing());
    }
}
