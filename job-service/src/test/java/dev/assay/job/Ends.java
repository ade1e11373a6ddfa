// SPDX-License-Identifier: Apache-2.0

package dev.assay.job;

import static org.awaitility.Awaitility.await;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.event.RunFinished;
import dev.assay.contracts.event.Topics;
import dev.assay.testsupport.TestPlatform;
import dev.assay.testsupport.WholeTopic;
import java.util.List;
import java.util.Map;
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
        return WholeTopic.read(TestPlatform.kafkaAsOperator(), Topics.RUN_FINISHED).stream()
                .map(record -> Map.entry(record.key(), json.readValue(record.value(), RunFinished.class)))
                .filter(told -> told.getValue().team().equals(team) && told.getKey().equals(told.getValue().run().toString()))
                .map(Map.Entry::getValue)
                .toList();
    }
}
