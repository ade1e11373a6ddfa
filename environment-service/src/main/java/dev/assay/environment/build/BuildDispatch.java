// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.contracts.internal.BuildLease;
import dev.assay.kit.signal.Dispatcher;
import dev.assay.kit.signal.Dispatcher.Given;
import dev.assay.kit.signal.Dispatcher.Question;
import dev.assay.kit.signal.WorkSignal;
import dev.assay.kit.signal.WorkSignals;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where workers wait for builds, and others for news of theirs. */
@Configuration(proxyBeanMethods = false)
class BuildDispatch {

    @Bean
    WorkSignal buildSignal(WorkSignals signals) {
        return signals.of("builds");
    }

    @Bean
    Dispatcher<BuildLease> buildDispatcher(
            WorkSignals signals, WorkSignal signal, BuildQueue queue, BuildWork work, TakeBuild take) {
        return signals.dispatcher("builds", signal, new Queued(queue, work, take, signal));
    }

    private record Queued(BuildQueue queue, BuildWork work, TakeBuild take, WorkSignal signal) implements Dispatcher.Work<BuildLease> {

        @Override
        public boolean mayBeFor(List<Question> questions) {
            return queue.areInProgress();
        }

        @Override
        public Given<BuildLease> give(List<Question> questions) {
            if (work.giveUpInterrupted()) {
                signal.arrived();
            }
            var answers = new HashMap<Question, List<BuildLease>>();
            for (var question : questions) {
                var next = take.next(question.worker(), question.ask(), question.kinds());
                next.ifPresent(build -> answers.put(question, List.of(build)));
            }
            return new Given<>(answers, Set.of(), false);
        }
    }
}
