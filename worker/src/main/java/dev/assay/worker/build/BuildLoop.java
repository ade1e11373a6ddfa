// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.build;

import dev.assay.contracts.internal.BuildLease;
import dev.assay.worker.lease.BuildLeases;
import dev.assay.worker.lease.TellOnce;
import dev.assay.worker.lease.Work;
import dev.assay.worker.lease.WorkSlots;
import dev.assay.worker.sandbox.RuntimeChooser;
import dev.assay.worker.sandbox.Walls;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** One build at a time, beside the rollouts: a build is mostly waiting for packages. */
@Configuration(proxyBeanMethods = false)
class BuildLoop {

    @Bean
    WorkSlots<BuildLease> builds(RunBuild runBuild, BuildLeases leases, RuntimeChooser runtimes, Walls walls) {
        return new WorkSlots<>(new Builds(runBuild, leases, runtimes), 1, () -> !walls.areMissing());
    }

    private record Builds(RunBuild runBuild, BuildLeases leases, RuntimeChooser runtimes) implements Work<BuildLease> {

        @Override
        public String name() {
            return "build";
        }

        @Override
        public List<BuildLease> ask(UUID ask, int free) {
            return leases.next(ask, runtimes.names());
        }

        @Override
        public void run(BuildLease lease) {
            runBuild.run(lease);
        }

        @Override
        public void giveBack(BuildLease lease, @Nullable String failure) {
            TellOnce.giveBack("build " + lease.build(), () -> leases.release(lease, failure));
        }

        @Override
        public void endHeld() {
            runBuild.giveBack();
        }

        @Override
        public void endAll() {
            runBuild.end();
        }
    }
}
