// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.reading;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.grading.reading.ReadRun.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Reads runs that are over with their timelines, so far as checks look at them. */
@Component
public class RunReader {

    private static final Set<String> ENDED = Set.of("completed", "error", "cancelled");

    /** Of one text, and of all of a run's: what is longer is read in part. */
    private static final int LONGEST = 50_000;

    private static final int LONGEST_IN_ALL = 2_000_000;

    private final JdbcClient jdbc;
    private final Neighbours neighbours;

    RunReader(JdbcClient jdbc, Neighbours neighbours) {
        this.jdbc = jdbc;
        this.neighbours = neighbours;
    }

    /** How a run ended. */
    public record Ended(String status, @Nullable Double reward) {}

    /**
     * By the grade on record; where its end has not arrived yet, by job-service.
     *
     * @return empty: the team has no such run
     * @throws NotNowException if nobody can say
     */
    public Optional<Ended> ended(TeamId team, RunId run) {
        return jdbc.sql("select status, reward from grade where team = :team and run = :run")
                .param("team", team.value())
                .param("run", run.value())
                .query((row, number) -> new Ended(row.getString("status"), row.getObject("reward", Double.class)))
                .optional()
                .or(() -> neighbours.run(team, run).map(told -> new Ended(
                        told.path("status").stringValue(""), told.path("reward").isNumber() ? told.path("reward").doubleValue() : null)));
    }

    public static boolean isOver(Ended end) {
        return ENDED.contains(end.status());
    }

    /**
     * @throws ImpossibleException if there is none that is over
     * @throws NotNowException if it cannot be read now
     */
    public ReadRun read(TeamId team, RunId run) {
        var end = ended(team, run).orElseThrow(() -> new ImpossibleException("There is no run " + run + " any more."));
        if (!isOver(end)) {
            throw new ImpossibleException("The run goes on, once more.");
        }
        var steps = new ArrayList<Step>();
        var whole = true;
        var left = LONGEST_IN_ALL;
        String evaluation = null;
        for (var page = neighbours.timeline(team, run, null); page.isPresent(); ) {
            var told = page.get();
            if (told.path("cleared_at").isString()) {
                throw new ImpossibleException("The run's timeline was deleted.");
            }
            if (told.path("evaluation").isObject()) {
                evaluation = told.path("evaluation").toString();
            }
            for (var entry : told.path("entries")) {
                if (!entry.path("kind").asString("").equals("call")) { // the gateway's own word on what an agent's step tells
                    var step = step(entry);
                    whole &= step.text().length() <= LONGEST && step.result().length() <= LONGEST && !entry.has("omitted_bytes");
                    var kept = new Step(step.id(), step.kind(), step.tool(), cut(step.text()), cut(step.result()));
                    left -= kept.text().length() + kept.result().length();
                    steps.add(kept);
                }
            }
            if (!told.path("more").asBoolean(false) || left < 0) {
                whole &= !told.path("more").asBoolean(false);
                break;
            }
            page = neighbours.timeline(team, run, told.path("next").stringValue());
        }
        return new ReadRun(run, end.status(), end.reward(), evaluation, List.copyOf(steps), whole);
    }

    private static Step step(JsonNode entry) {
        var kind = entry.path("kind").asString("");
        return new Step(
                entry.path("id").asString(""),
                kind,
                entry.path("tool_name").stringValue(null),
                switch (kind) {
                    case "tool" -> entry.path("arguments").toString();
                    case "evaluate" -> text(entry.path("answer"));
                    case "setup" -> text(entry.path("result"));
                    case "filetracking.diff" -> entry.path("payload").path("patches").valueStream()
                            .map(patch -> patch.path("path").asString(""))
                            .collect(Collectors.joining("\n"));
                    case "subagent" -> entry.path("subagent").path("content").asString("");
                    default -> entry.path("text").asString(entry.path("error").asString(""));
                },
                kind.equals("tool") ? entry.path("result_text").asString("") : "");
    }

    private static String text(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? "" : value.isString() ? value.stringValue() : value.toString();
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    }
}
