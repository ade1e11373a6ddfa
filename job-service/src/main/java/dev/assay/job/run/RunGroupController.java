// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.RunGroups;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import java.util.HashMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Tells training-service which runs are compared with each other. */
@RestController
@Admits(Role.SERVICE)
class RunGroupController {

    private final JdbcClient jdbc;

    RunGroupController(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @PostMapping("/internal/runs/groups")
    RunGroups groups(@RequestBody RunGroups.Ask asked) {
        var runs = Told.required("runs", asked.runs());
        var groups = new HashMap<RunId, String>();
        jdbc.sql("""
                        select id, group_key(slug, group_id) as group_key from run
                        where id = any (:runs) and team_id = :team and group_id is not null""")
                .param("runs", runs.stream().map(RunId::value).toArray(UUID[]::new))
                .param("team", Told.required("team", asked.team()).value())
                .query(row -> {
                    groups.put(new RunId(row.getObject("id", UUID.class)), row.getString("group_key"));
                });
        return new RunGroups(groups);
    }
}
