// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.event.Topics;
import dev.assay.kit.deadletter.Resend;
import dev.assay.kit.outbox.Outbox;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;

/** The topic that ends of runs are told on. */
@Configuration(proxyBeanMethods = false)
class RunFinishedTopic {

    @Bean
    NewTopic runFinished() {
        return TopicBuilder.name(Topics.RUN_FINISHED)
                .partitions(6)
                // an evaluation may carry anything
                .config(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "160000000")
                .build();
    }

    @Bean
    Resend runFinishedAgain(Outbox outbox) {
        return outbox.resend(Topics.RUN_FINISHED);
    }
}
