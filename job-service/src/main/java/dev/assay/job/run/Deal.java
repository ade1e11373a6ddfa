// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.RunId;
import dev.assay.kit.signal.Dispatcher.Question;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Runs as they are dealt to questions in turn: each to the next one whose worker has room for it. */
final class Deal {

    private final List<Question> hungry;
    private final Map<Question, Integer> dealt = new HashMap<>();
    private final Map<Run, Question> answers = new LinkedHashMap<>();
    private final Function<Collection<String>, Map<String, Room>> look;
    private Map<String, Room> rooms = Map.of();
    private boolean looked;

    /** @param look what workers have left; asked once, and not before a run asks for something */
    Deal(List<Question> questions, Function<Collection<String>, Map<String, Room>> look) {
        this.hungry = new ArrayList<>(questions);
        this.look = look;
    }

    /**
     * Those that nobody has room for.
     *
     * @param needs of those that ask for anything
     */
    List<Run> offer(Collection<Run> runs, Map<RunId, Needs> needs) {
        var left = new ArrayList<Run>();
        for (var run : runs) {
            if (!deal(run, needs.getOrDefault(run.id(), Needs.NONE))) {
                left.add(run);
            }
        }
        return left;
    }

    private boolean deal(Run run, Needs needs) {
        for (var number = 0; number < hungry.size(); number++) {
            var question = hungry.get(number);
            if (hasRoom(question.worker(), needs)) {
                hungry.remove(number);
                answers.put(run, question);
                if (dealt.merge(question, 1, Integer::sum) < question.free()) {
                    hungry.add(question);
                }
                return true;
            }
        }
        return false;
    }

    private boolean hasRoom(String worker, Needs needs) {
        if (needs.equals(Needs.NONE)) {
            return true;
        }
        if (!looked) {
            looked = true;
            rooms = new HashMap<>(look.apply(hungry.stream().map(Question::worker).toList()));
        }
        var room = rooms.getOrDefault(worker, Room.ANY);
        if (!room.holds(needs)) {
            return false;
        }
        rooms.put(worker, room.without(needs));
        return true;
    }

    /** Whose each run is. */
    Map<Run, Question> answers() {
        return answers;
    }
}
