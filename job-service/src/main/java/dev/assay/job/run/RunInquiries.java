// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunLiveness;
import dev.assay.contracts.internal.RunNested;
import dev.assay.contracts.internal.RunOwner;
import dev.assay.contracts.internal.RunPlace;
import dev.assay.job.run.RunCommand.Claim;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.kit.problem.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What other services ask of a run. */
@Service
class RunInquiries {

    private static final Duration LAST_SPANS = Duration.ofMinutes(1);
    private static final TeamId NOBODY = new TeamId(new UUID(0, 0));
    private static final RunLiveness LATEST = new RunLiveness(false, true, null);
    private static final RunLiveness NEITHER = new RunLiveness(false, false, null);

    private final Runs runs;
    private final RunChanges changes;
    private final RunResults results;
    private final NestedRuns nested;
    private final RunHistory history;
    private final SessionKeys sessions;

    RunInquiries(Runs runs, RunChanges changes, RunResults results, NestedRuns nested, RunHistory history, SessionKeys sessions) {
        this.runs = runs;
        this.changes = changes;
        this.results = results;
        this.nested = nested;
        this.history = history;
        this.sessions = sessions;
    }

    /** Whose run it is: the first team to name it owns it. What is a session's id is nobody's run: its environment knows it, and could name it so. */
    @Transactional
    public RunOwner claim(RunId id, TeamId team) {
        // spans come by the hundred: most ask of a run that is long known, and need no lock
        var owner = runs.find(id).map(Run::team).or(() -> {
            if (sessions.place(id).isPresent()) {
                return Optional.of(NOBODY);
            }
            changes.tellUnlessKnown(id, team, new Claim());
            return runs.find(id).map(Run::team);
        });
        return new RunOwner(owner.orElse(team));
    }

    /** Whose a run is and of which job, without claiming it; of a session, whose key has its id for a run's, the same of the run that it is for. */
    RunPlace place(RunId id) {
        return runs.find(id)
                .map(run -> new RunPlace(run.team(), run.facts().job()))
                .or(() -> sessions.place(id))
                .orElseThrow(() -> Problem.notFound("There is no run " + id + "."));
    }

    /** The evaluation with which the run ended that time, as JSON. */
    String evaluation(RunId run, int revision) {
        return results.evaluation(run, revision)
                .orElseThrow(() -> Problem.notFound("There is no evaluation of revision " + revision + " of run " + run + ", or no longer."));
    }

    /** Whether an attempt of the root still speaks for a run that was begun inside: as long as it holds, and for what is then on its way. */
    RunNested nested(RunId id, RunId root, int attempt) {
        return new RunNested(nested.isInside(id, root) && runs.find(root).filter(run -> switch (run.state()) {
            case Held held -> held.numbers().fence() == attempt;
            case Finished finished -> finished.numbers().fence() == attempt && run.readAt().isBefore(finished.at().plus(LAST_SPANS));
            default -> false;
        }).isPresent() || sessions.isFor(root, attempt, id, LAST_SPANS));
    }

    RunLiveness live(RunId id, int attempt) {
        var run = ofRun(id, attempt);
        return run.live() ? run : sessions.held(id, attempt).map(place -> new RunLiveness(true, false, place.job())).orElse(run);
    }

    private RunLiveness ofRun(RunId id, int attempt) {
        return runs.find(id)
                .map(run -> switch (run.state()) {
                    case Held held when held.numbers().fence() == attempt ->
                        run.readAt().isBefore(held.expires()) ? new RunLiveness(true, true, run.facts().job()) : LATEST;
                    case Finished finished when finished.numbers().fence() == attempt -> LATEST;
                    default -> history.hasTold(id, attempt) ? LATEST : NEITHER;
                })
                .orElse(NEITHER);
    }
}
