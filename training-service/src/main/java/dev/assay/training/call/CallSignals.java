// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.kit.signal.WorkSignal;
import dev.assay.kit.signal.WorkSignals;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class CallSignals {

    /** There is something for a trainer to do. */
    @Bean
    WorkSignal trainingWork(WorkSignals signals) {
        return signals.of("training");
    }

    /** A call is over. */
    @Bean
    WorkSignal trainingEnds(WorkSignals signals) {
        return signals.of("training-ends");
    }
}
