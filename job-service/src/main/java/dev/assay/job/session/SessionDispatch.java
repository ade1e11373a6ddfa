// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.kit.signal.Dispatcher;
import dev.assay.kit.signal.Dispatcher.Given;
import dev.assay.kit.signal.Dispatcher.Question;
import dev.assay.kit.signal.WorkSignal;
import dev.assay.kit.signal.WorkSignals;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where workers wait for sessions, and clients for theirs to be ready. */
@Configuration(proxyBeanMethods = false)
class SessionDispatch {

    @Bean
    WorkSignal sessionSignal(WorkSignals signals) {
        return signals.of("sessions");
    }

    @Bean
    Dispatcher<Session> sessionDispatcher(
            WorkSignals signals, @Qualifier("sessionSignal") WorkSignal signal, SessionQueue queue) {
        return signals.dispatcher("sessions", signal, new Queued(queue));
    }

    private record Queued(SessionQueue queue) implements Dispatcher.Work<Session> {

        @Override
        public boolean mayBeFor(List<Question> questions) {
            return queue.mayBeFor(questions);
        }

        @Override
        public Given<Session> give(List<Question> questions) {
            return queue.give(questions);
        }
    }
}
