// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.job.lease.Leases.Taken;
import dev.assay.job.run.Queue;
import dev.assay.kit.signal.Dispatcher;
import dev.assay.kit.signal.Dispatcher.Given;
import dev.assay.kit.signal.Dispatcher.Question;
import dev.assay.kit.signal.WorkSignal;
import dev.assay.kit.signal.WorkSignals;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** Where workers wait for runs. */
@Configuration(proxyBeanMethods = false)
class RunDispatch {

    @Bean
    @Primary
    WorkSignal runSignal(WorkSignals signals) {
        return signals.of("runs");
    }

    @Bean
    Dispatcher<Taken> runDispatcher(WorkSignals signals, WorkSignal runSignal, Queue queue, Leases leases) {
        return signals.dispatcher("runs", runSignal, new Runs(queue, leases));
    }

    private record Runs(Queue queue, Leases leases) implements Dispatcher.Work<Taken> {

        @Override
        public boolean mayBeFor(List<Question> questions) {
            return queue.mayBeFor(questions);
        }

        @Override
        public Given<Taken> give(List<Question> questions) {
            return leases.give(questions);
        }
    }
}
