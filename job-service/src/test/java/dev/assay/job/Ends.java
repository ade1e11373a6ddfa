// SPDX-License-Identifier: Apache-2.0

package dev.assay.job;

import static org.awaitility.Awaitility.await;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.testsupport.TestPlatform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What the service has told of ends of runs. */
@Component
public class Ends {

    private final JdbcClient jdbc;
    private final JsonMapper json;

    Ends(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** All that there is of the team's runs, by their keys: the topic from its beginning to where it ends once nothing is left to tell. */
    public List<RunFinished> told(TeamId team) {
        await().until(() -> jdbc.sql("select count(*) from outbox").query(Long.class).single() == 0);
        var told = new ArrayList<RunFinished>();
        try (var consumer = new KafkaConsumer<>(TestPlatform.kafkaAsOperator(), new StringDeserializer(), new StringDeserializer())) {
            var partitions = consumer.partitionsFor(Topics.RUN_FINISHED).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(received -> {
                    var end = json.readValue(received.value(), RunFinished.class);
                    if (end.team().equals(team) && received.key().equals(end.run().toString())) {
                        told.add(end);
                    }
                });
            }
        }
        return told;
    }
}
