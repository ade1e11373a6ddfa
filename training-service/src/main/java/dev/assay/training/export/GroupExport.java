// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.kit.problem.Problem;
import dev.assay.training.export.Export.Asked;
import dev.assay.training.export.FinishedGroups.Finished;
import dev.assay.training.export.FinishedGroups.FinishedGroup;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job's groups, each as one record with all its runs, as they are over. A run with nothing to be learnt from stands in its group with the
 * reason: whoever learns of groups decides what one is worth that has fewer. No more than one group is in memory.
 */
@Component
class GroupExport {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final FinishedGroups groups;
    private final Export export;
    private final JsonMapper json;

    GroupExport(FinishedGroups groups, Export export, JsonMapper json) {
        this.groups = groups;
        this.export = export;
        this.json = json;
    }

    /**
     * Which groups are wanted.
     *
     * @param after the number behind which
     * @param size how many runs a group has; null: as the job says
     * @param most at once
     * @param patience how long for the first
     */
    record Wanted(long after, @Nullable Integer size, int most, Duration patience) {}

    /** @param first null: none is over, or the first has steps that are still on their way */
    record Found(Finished page, @Nullable ObjectNode first) {}

    /** @throws Problem 404 if the team has no such job; 400 if nobody says how many runs a group has; 503 */
    Found find(JobId job, Wanted wanted, Asked asked) {
        var until = System.nanoTime() + wanted.patience().toNanos();
        RunId late = null;
        while (true) {
            var page = groups.of(job, asked.team(), wanted.after(), wanted.size(), wanted.most());
            ObjectNode first = null;
            try {
                first = page.items().isEmpty() ? null : record(job, page.items().getFirst(), page.size(), asked, late);
            } catch (StillArrivingException e) {
                late = e.run();
            }
            if (first != null || System.nanoTime() + BETWEEN_LOOKS.toNanos() > until) {
                return new Found(page, first);
            }
            pause();
        }
    }

    /** One group after the other, up to one that cannot be told yet: its number is not passed by, so that it is told the next time. */
    void write(JobId job, Found found, long after, Asked asked, OutputStream out) throws IOException {
        var page = found.page();
        var next = after;
        var written = 0;
        out.write("{\"items\": [".getBytes(StandardCharsets.UTF_8));
        try {
            for (var group = found.first(); group != null; ) {
                out.write((written == 0 ? "" : ",\n").getBytes(StandardCharsets.UTF_8));
                out.write(json.writeValueAsBytes(group));
                next = page.items().get(written++).number();
                group = written == page.items().size() ? null : record(job, page.items().get(written), page.size(), asked, null);
            }
        } catch (StillArrivingException e) {
            // it is the next answer's
        }
        var left = page.left() + page.items().size() - written;
        out.write(("], \"next\": " + next + ", \"left\": " + left + "}").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * @param late the run that was still arriving when this was asked last: nothing else is read before it has come
     * @throws StillArrivingException what a run of it sampled is not all there yet, and may still come
     */
    private ObjectNode record(JobId job, FinishedGroup group, int size, Asked asked, @Nullable RunId late) throws StillArrivingException {
        var members = Member.group(job, group.runs(), group.number(), size);
        for (var member : members) {
            if (member.run().id().equals(late)) {
                rows(member, asked, JsonNodeFactory.instance.objectNode());
            }
        }
        var record = JsonNodeFactory.instance.objectNode()
                .put("number", group.number())
                .put("group_id", members.getFirst().run().groupId())
                .put("task", members.getFirst().run().taskSlug())
                .put("asked", size);
        var runs = record.putArray("runs");
        for (var member : members) {
            var run = export.run(member);
            rows(member, asked, run);
            runs.add(run);
        }
        return record;
    }

    private void rows(Member member, Asked asked, ObjectNode run) throws StillArrivingException {
        try {
            run.putArray("rows").addAll(export.rows(member, asked));
            run.putNull("left_out");
        } catch (StillArrivingException e) {
            throw e;
        } catch (LeftOutException e) {
            run.putArray("rows");
            run.put("left_out", e.reason());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN_LOOKS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.unavailable("The service is being stopped. Try again later.");
        }
    }
}
