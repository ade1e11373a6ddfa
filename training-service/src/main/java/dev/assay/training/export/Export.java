// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rows.RowSink;
import dev.assay.training.TrainingSettings;
import dev.assay.training.batch.RecordedSamples;
import dev.assay.training.batch.Settled;
import dev.assay.training.datum.Sample;
import java.io.IOException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes a job's rows, or what is left out of them: group after group, and no more of it in memory than one run, or one pair. */
@Component
class Export {

    private final RecordedSamples samples;
    private final RecordedSteps steps;
    private final TrainingSettings settings;
    private final Clock clock;
    private final JsonMapper json;

    Export(RecordedSamples samples, RecordedSteps steps, TrainingSettings settings, Clock clock, JsonMapper json) {
        this.samples = samples;
        this.steps = steps;
        this.settings = settings;
        this.clock = clock;
        this.json = json;
    }

    /**
     * @param least of {@code sft}: the reward below which a run is left out; null: none is
     * @param leftOut whether the other runs are told, each with the reason, instead of the rows
     */
    record Asked(TeamId team, Format format, @Nullable Double least, boolean leftOut) {}

    /** @throws Problem 503 if what is on record cannot be read */
    void write(JobId job, List<JobRun> runs, Asked asked, RowSink out) throws IOException {
        for (var group : Member.groups(job, runs)) {
            if (asked.format() == Format.DPO) {
                writePairs(group, asked, out);
                continue;
            }
            for (var member : group) {
                try {
                    var rows = rows(member, asked);
                    if (!asked.leftOut()) {
                        for (var row : rows) {
                            out.row(row);
                        }
                    }
                } catch (LeftOutException e) {
                    leftOut(member, e.reason(), asked, out);
                }
            }
        }
    }

    List<ObjectNode> rows(Member member, Asked asked) throws LeftOutException {
        check(member.run(), asked);
        var team = asked.team();
        return switch (asked.format()) {
            case TINKER, SLIME, VERL, PRIME -> TokenRows.of(asked.format(), member, samples(member, asked.format(), team));
            case NEMO -> List.of(NemoRows.of(member, said(member, team), samples(member, asked.format(), team)));
            case ATIF -> List.of(AtifRows.of(member, said(member, team), samples(member, asked.format(), team)));
            case SFT -> List.of(ChatRows.sft(member, said(member, team)));
            case RUNS -> List.of(run(member));
            case DPO -> throw new IllegalStateException("a row is made of two runs");
        };
    }

    /** What its line says of it already: its steps are then not read. */
    private static void check(JobRun run, Asked asked) throws LeftOutException {
        switch (asked.format()) {
            case RUNS -> {}
            case ATIF -> run.checkThatItIsOver();
            default -> run.checkThatItIsLearntFrom();
        }
        if (asked.least() != null && run.reward() != null && run.reward() < asked.least()) {
            throw new LeftOutException("its reward " + run.reward() + " is less than " + asked.least());
        }
    }

    private void writePairs(List<Member> group, Asked asked, RowSink out) throws IOException {
        var paired = new HashSet<Member>();
        for (var pair : ChatRows.pairs(group)) {
            paired.addAll(List.of(pair.chosen(), pair.rejected()));
            try {
                var row = ChatRows.dpo(pair, said(pair.chosen(), asked.team()), said(pair.rejected(), asked.team()));
                if (!asked.leftOut()) {
                    out.row(row);
                }
            } catch (LeftOutException e) {
                var reason = "it or the run that it would be paired with: " + e.reason();
                leftOut(pair.chosen(), reason, asked, out);
                leftOut(pair.rejected(), reason, asked, out);
            }
        }
        for (var member : group) {
            if (!paired.contains(member)) {
                leftOut(member, unpaired(member.run(), asked), asked, out);
            }
        }
    }

    private static String unpaired(JobRun run, Asked asked) {
        try {
            check(run, asked);
            return "its group has no other run left with another reward";
        } catch (LeftOutException e) {
            return e.reason();
        }
    }

    ObjectNode run(Member member) {
        var row = JsonNodeFactory.instance.objectNode().put("run_id", member.run().id().toString()).put("job_id", member.job().toString());
        row.setAll(((ObjectNode) json.valueToTree(member.run())).without("id"));
        return row.put("group", member.group()).put("advantage", member.advantage());
    }

    private List<Sample> samples(Member member, Format format, TeamId team) throws LeftOutException {
        var run = member.run();
        try {
            var found = samples.of(run.id(), run.attempt(), run.model(), "run " + run.id(), team);
            checkThatAllHasCome(run, found.graded());
            return switch (found.settled()) {
                case Settled.Samples(var samples, var models) -> samples;
                case Settled.Refused(var why) when format == Format.ATIF -> List.of(); // which tells what happened, with ids or without
                case Settled.Refused(var why) -> throw new LeftOutException("it " + why.replaceAll("\\.$", ""));
            };
        } catch (Problem e) {
            if (e.getStatusCode() == HttpStatus.BAD_REQUEST) { // what its client has said of a turn cannot be learnt from
                throw new LeftOutException(Objects.requireNonNullElse(e.getBody().getDetail(), "its token ids cannot be read"));
            }
            throw e;
        }
    }

    private List<JsonNode> said(Member member, TeamId team) throws LeftOutException {
        var found = steps.of(member.run().id(), team);
        checkThatAllHasCome(member.run(), found.graded());
        return found.said();
    }

    private void checkThatAllHasCome(JobRun run, boolean graded) throws LeftOutException {
        if (!graded && run.endTime() != null && settings.mayStillSend(run.endTime(), clock.instant())) {
            throw new StillArrivingException(run.id());
        }
    }

    private void leftOut(Member member, String reason, Asked asked, RowSink out) throws IOException {
        if (asked.leftOut()) {
            out.row(JsonNodeFactory.instance.objectNode().put("run_id", member.run().id().toString()).put("left_out", reason));
        }
    }
}
