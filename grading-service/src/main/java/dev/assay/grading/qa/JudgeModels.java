// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.qa;

import dev.assay.contracts.TeamId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** By which model checks judge: the team's own choice, else the operator's. */
@Repository
class JudgeModels {

    private final JdbcClient jdbc;
    private final String operators;

    /** @param model empty: none */
    JudgeModels(JdbcClient jdbc, @Value("${assay.qa.model}") String model) {
        this.jdbc = jdbc;
        this.operators = model.strip();
    }

    Optional<String> of(TeamId team) {
        return Optional.ofNullable(own(team)).or(() -> Optional.of(operators).filter(model -> !model.isEmpty()));
    }

    @Nullable String own(TeamId team) {
        return jdbc.sql("select model from qa_setting where team = :team and model is not null")
                .param("team", team.value())
                .query(String.class)
                .optional()
                .orElse(null);
    }

    void say(TeamId team, @Nullable String model) {
        jdbc.sql("insert into qa_setting (team, model) values (:team, :model) on conflict (team) do update set model = excluded.model")
                .param("team", team.value())
                .param("model", model)
                .update();
    }
}
