// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.kit.signal.Dispatcher.Question;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Work as it is dealt to questions in turn: each piece to the next one whose worker has room for it.
 *
 * @param <W> a piece of it
 */
final class Deal<W> {

    private final List<Question> hungry;
    private final Map<Question, Integer> dealt = new HashMap<>();
    private final Map<W, Question> answers = new LinkedHashMap<>();
    private final Function<Collection<String>, Map<String, Room>> look;
    private Map<String, Room> rooms = Map.of();
    private boolean looked;

    /** @param look what workers have left; asked once, and not before a piece asks for something */
    Deal(List<Question> questions, Function<Collection<String>, Map<String, Room>> look) {
        this.hungry = new ArrayList<>(questions);
        this.look = look;
    }

    /**
     * Those that nobody has room for.
     *
     * @param needs what each asks for
     */
    List<W> offer(Collection<W> pieces, Function<W, Needs> needs) {
        var left = new ArrayList<W>();
        for (var piece : pieces) {
            if (!deal(piece, needs.apply(piece))) {
                left.add(piece);
            }
        }
        return left;
    }

    private boolean deal(W piece, Needs needs) {
        for (var number = 0; number < hungry.size(); number++) {
            var question = hungry.get(number);
            if (hasRoom(question.worker(), needs)) {
                hungry.remove(number);
                answers.put(piece, question);
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

    /** Whose each piece is. */
    Map<W, Question> answers() {
        return answers;
    }
}
