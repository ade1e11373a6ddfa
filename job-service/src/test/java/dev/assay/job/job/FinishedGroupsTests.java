// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import dev.assay.job.job.FinishedGroups.Finished;
import dev.assay.kit.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@RunningJobService
class FinishedGroupsTests {

    @Autowired
    Calls calls;

    @Autowired
    FinishedGroups groups;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TransactionTemplate transactions;

    final TeamId team = TeamId.random();
    final JobId job = JobId.random();

    private void askedFor(int runs) {
        calls.post(team, "/v2/trace/job/" + job + "/enter", "{\"name\": \"outside\", \"group\": " + runs + "}").expect(200);
    }

    private RunId submit(String group) {
        var run = new RunId(UUID.randomUUID());
        calls.post(team, "/v2/rollouts/submit", Calls.submission(run, job.value()).replace("\"g1\"", "\"" + group + "\"")).expect(201);
        return run;
    }

    private Finished after(long number) {
        return groups.after(job, team, number, null, 10);
    }

    private static List<String> names(Finished finished) {
        return finished.items().stream().map(group -> group.runs().getFirst().groupId()).toList();
    }

    @Test
    void onlyWhatIsWholeIsToldInTheOrderInWhichItWas() {
        askedFor(2);
        var first = List.of(submit("a"), submit("a"));
        var second = List.of(submit("b"), submit("b"));
        var alone = submit("c");
        second.forEach(run -> calls.cancel(team, run));
        calls.cancel(team, alone);
        assertThat(names(after(0))).as("of c one was not even submitted").containsExactly("b");

        calls.cancel(team, first.getFirst());
        assertThat(after(0).left()).isEqualTo(2);
        var lease = calls.lease("w").expect(200);
        calls.outcome(first.getLast(), "w", lease.body().path("attempt").asInt(), "completed", "{\"score\": 0.5}").expect(204);
        var both = after(0);
        assertThat(names(both)).containsExactly("b", "a");
        assertThat(both.size()).isEqualTo(2);
        assertThat(both.left()).isEqualTo(1);
        assertThat(both.items().getLast().runs()).extracting(JobRunView::id).as("with whatever became of them").isEqualTo(first);
        assertThat(both.items().getLast().runs()).extracting(JobRunView::status).containsExactly("cancelled", "completed");
        assertThat(names(after(both.items().getFirst().number()))).as("from where one stopped").containsExactly("a");
        assertThat(groups.after(job, team, 0, null, 1).left()).as("what was not read is left too").isEqualTo(2);

        submit("c");
        assertThat(after(2).items()).isEmpty();
    }

    @Test
    void whatIsRunAgainComesAgainWhenItIsOver() {
        askedFor(1);
        var again = submit("a");
        calls.cancel(team, again);
        calls.cancel(team, submit("b"));
        assertThat(names(after(0))).containsExactly("a", "b");
        calls.post(team, "/v2/trace/" + again + "/rerun", "{}").expect(200);
        assertThat(names(after(0))).as("it is not whole").containsExactly("b");
        calls.cancel(team, again);
        assertThat(names(after(2))).containsExactly("a");
        assertThat(names(after(0))).containsExactly("b", "a");
    }

    @Test
    void readersThatReadOnWhileGroupsEndMissNoneAndSeeThemInOneOrder() throws Exception {
        askedFor(1);
        var runs = IntStream.range(0, 60).mapToObj(number -> submit("g" + number)).toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                var reading = IntStream.range(0, 4).mapToObj(reader -> threads.submit(this::readAll)).toList();
                var ending = runs.stream().map(run -> threads.submit(() -> calls.cancel(team, run))).toList();
                for (var end : ending) {
                    end.get();
                }
                var order = reading.getFirst().get();
                assertThat(order).hasSize(60).doesNotHaveDuplicates();
                for (var reader : reading) {
                    assertThat(reader.get()).isEqualTo(order);
                }
            } finally {
                threads.shutdownNow(); // if a run did not end, nobody would ever have read all
            }
        }
    }

    @Test
    void whoFindsNothingToBeNumberedWaitsForNobody() {
        askedFor(1);
        calls.cancel(team, submit("a"));
        assertThat(names(after(0))).containsExactly("a");
        transactions.executeWithoutResult(numbering -> {
            jdbc.sql("select pg_advisory_xact_lock(hashtextextended('finished groups of ' || :job, 0))")
                    .param("job", job.toString())
                    .query(row -> {});
            var told = new CompletableFuture<Finished>();
            Thread.ofVirtual().start(() -> told.complete(after(0)));
            await().until(told::isDone);
            assertThat(names(told.join())).containsExactly("a");
        });
    }

    private List<RunId> readAll() {
        var read = new ArrayList<RunId>();
        long after = 0;
        for (var page = after(0); !Thread.interrupted() && (page.left() > 0 || !page.items().isEmpty()); page = after(after)) {
            for (var group : page.items()) {
                read.add(group.runs().getFirst().id());
                after = group.number();
            }
        }
        return read;
    }

    @Test
    void howManyRunsAGroupHasMustHaveBeenSaid() {
        submit("a");
        assertThatThrownBy(() -> after(0)).isInstanceOf(Problem.class).hasMessageContaining("group_size: required");
        assertThat(groups.after(job, team, 0, 3, 10).left()).isEqualTo(1);
        askedFor(4);
        assertThatThrownBy(() -> groups.after(job, team, 0, 3, 10)).hasMessageContaining("group_size: job " + job + " was asked for 4");
        assertThatThrownBy(() -> groups.after(job, TeamId.random(), 0, 3, 10)).hasMessageContaining("There is no job");
    }
}
