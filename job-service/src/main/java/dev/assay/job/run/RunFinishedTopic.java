// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.event.Topics;
import dev.assay.kit.deadletter.Resend;
import dev.assay.kit.kafka.OwnTopics;
import dev.assay.kit.outbox.Outbox;
import dev.assay.kit.text.JsonText;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The topic that ends of runs are told on. */
@Configuration(proxyBeanMethods = false)
class RunFinishedTopic {

    private static final int PARTITIONS = 6;

    @Bean
    NewTopic runFinished(OwnTopics.Keeping keeping) {
        return keeping.topic(Topics.RUN_FINISHED, PARTITIONS);
    }

    @Bean
    Resend runFinishedAgain(Outbox outbox, RunResults results, JsonMapper json) {
        return outbox.resend(Topics.RUN_FINISHED, fact -> {
            var end = (ObjectNode) json.readTree(fact);
            var large = results.sizeIfLarge(end.get("evaluation"));
            return large == null ? fact : JsonText.of(json, end.putNull("evaluation").put("largeEvaluation", large));
        });
    }
}
