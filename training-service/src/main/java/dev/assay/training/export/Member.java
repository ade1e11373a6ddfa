// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.JobId;
import dev.assay.training.datum.Advantages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run in its group.
 *
 * @param index its place among the job's runs, by when they came
 * @param group its group's place among the job's groups
 * @param advantage over those of its group that are learnt from; null: it is not
 */
record Member(JobId job, JobRun run, int index, int group, @Nullable Double advantage) {

    /** Runs of one task are a group if they say the same of their group. Of a run that names neither nothing is like it. */
    private record Key(@Nullable String slug, @Nullable String group, @Nullable JobRun alone) {

        static Key of(JobRun run) {
            return new Key(run.taskSlug(), run.groupId(), run.taskSlug() == null && run.groupId() == null ? run : null);
        }
    }

    /** @param runs in the order in which they came */
    static List<List<Member>> groups(JobId job, List<JobRun> runs) {
        var places = new LinkedHashMap<Key, List<Integer>>();
        for (int i = 0; i < runs.size(); i++) {
            places.computeIfAbsent(Key.of(runs.get(i)), key -> new ArrayList<>()).add(i);
        }
        var groups = new ArrayList<List<Member>>();
        places.values().forEach(group -> groups.add(group(job, runs, group, groups.size())));
        return groups;
    }

    /**
     * A group alone, of a job whose other runs may not be over.
     *
     * @param runs in the order in which they came
     * @param number its place among the groups that are over, from 1
     * @param size how many runs such groups have
     */
    static List<Member> group(JobId job, List<JobRun> runs, long number, int size) {
        return group(job, runs, IntStream.range(0, runs.size()).boxed().toList(), Math.toIntExact(number)).stream()
                .map(one -> new Member(job, one.run(), (int) (number - 1) * size + one.index(), one.group(), one.advantage()))
                .toList();
    }

    private static List<Member> group(JobId job, List<JobRun> runs, List<Integer> places, int number) {
        var rewards = places.stream().map(runs::get).filter(JobRun::isLearntFrom).mapToDouble(JobRun::reward).toArray();
        var advantages = rewards.length == 0 ? rewards : Advantages.of(rewards, rewards.length, 1, false);
        var members = new ArrayList<Member>();
        int learnt = 0;
        for (int place : places) {
            var run = runs.get(place);
            members.add(new Member(job, run, place, number, run.isLearntFrom() ? (Double) advantages[learnt++] : null));
        }
        return members;
    }

    /** Where a row comes from, in the words of this platform. */
    ObjectNode origin() {
        return JsonNodeFactory.instance.objectNode()
                .put("run_id", run.id().toString())
                .put("job_id", job.toString())
                .put("group_id", run.groupId())
                .put("group", group)
                .put("task", run.taskSlug())
                .put("environment", run.environment())
                .put("model", run.model())
                .put("status", run.status())
                .put("stop_reason", run.stopReason())
                .put("reward", run.reward())
                .put("advantage", advantage);
    }
}
