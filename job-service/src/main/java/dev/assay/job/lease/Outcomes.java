// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.lease;

import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.Outcome;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.RunChange;
import dev.assay.job.run.RunChanges;
import dev.assay.job.run.RunChanges.Word;
import dev.assay.job.run.RunCommand.Report;
import dev.assay.job.run.RunFacts;
import dev.assay.job.run.RunResult;
import dev.assay.job.run.Together;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Hears from workers how their runs have ended: of those that end at once, in one transaction. */
@Service
class Outcomes {

    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

    private final RunChanges changes;
    private final TransactionOperations transaction;
    private final WorkSignal signal;
    private final Together<Word, RunChange> together = new Together<>(this::tell);

    Outcomes(RunChanges changes, TransactionOperations transaction, WorkSignal signal) {
        this.changes = changes;
        this.transaction = transaction;
        this.signal = signal;
    }

    /** @throws Problem 409 if the attempt does not hold the run any more */
    void report(RunId run, String worker, Outcome outcome) {
        var word = word(worker, outcome);
        var change = changes.isSmall(word) ? together.ask(run, word) : Optional.<RunChange>empty();
        heard(change.or(() -> tellAlone(run, word)), run, outcome.attempt());
    }

    /** @return those that were taken; why another was not is said when it is reported alone */
    Set<RunId> report(String worker, Map<RunId, Outcome> outcomes) {
        var words = new HashMap<RunId, Word>();
        outcomes.forEach((run, outcome) -> {
            try {
                var word = word(worker, outcome);
                if (changes.isSmall(word)) {
                    words.put(run, word);
                }
            } catch (Problem e) {
                LOG.debug("the outcome of run {} is not taken with others: {}", run, e.toString());
            }
        });
        var heard = together.ask(words);
        heard.values().removeIf(change -> change.answer() == Answer.REFUSED);
        return heard.keySet();
    }

    private static Word word(String worker, Outcome outcome) {
        return new Word(
                RunFacts.ofVersion(outcome.environmentVersion()),
                new Report(worker, outcome.attempt(), Endings.of(outcome)),
                new RunResult(outcome.evaluation(), outcome.metadata(), outcome.timings()));
    }

    private Map<RunId, RunChange> tell(Map<RunId, Word> words) {
        return Objects.requireNonNull(transaction.execute(status -> {
            signal.arrived(); // their jobs, teams or models may hold more
            return changes.tell(words);
        }));
    }

    private Optional<RunChange> tellAlone(RunId run, Word word) {
        return Objects.requireNonNull(transaction.execute(status -> {
            signal.arrived();
            return changes.tell(run, word.told(), word.command(), word.result());
        }));
    }

    /** @throws Problem 409 if it was not */
    static void heard(Optional<RunChange> change, RunId run, int attempt) {
        if (change.isEmpty() || change.get().answer() == Answer.REFUSED) {
            throw fenced(run, attempt);
        }
    }

    static Problem fenced(RunId run, int attempt) {
        return Problem.conflict("Attempt " + attempt + " does not hold the lease of run " + run + " any more: stop and clean up.");
    }
}
