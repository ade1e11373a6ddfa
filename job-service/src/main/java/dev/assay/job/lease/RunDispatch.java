// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.internal.Lease;
import dev.assay.job.run.Queue;
import dev.assay.kit.signal.Dispatcher;
import dev.assay.kit.signal.Dispatcher.Given;
import dev.assay.kit.signal.Dispatcher.Question;
import dev.assay.kit.signal.WorkSignal;
import dev.assay.kit.signal.WorkSignals;
import java.util.HashMap;
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
    Dispatcher<Lease> runDispatcher(WorkSignals signals, WorkSignal runSignal, Queue queue, Leases leases) {
        return signals.dispatcher("runs", runSignal, new Runs(queue, leases));
    }

    private record Runs(Queue queue, Leases leases) implements Dispatcher.Work<Lease> {

        @Override
        public boolean mayBeFor(List<Question> questions) {
            return queue.mayBeFor(questions);
        }

        /** Keys are made once the runs are given: nobody else has to wait for that. */
        @Override
        public Given<Lease> give(List<Question> questions) {
            var given = leases.give(questions);
            var answers = new HashMap<Question, List<Lease>>();
            given.leases().forEach((question, taken) -> answers.put(question, taken.stream().map(leases::lease).toList()));
            return new Given<>(answers, given.withdrawn(), given.more());
        }
    }
}
