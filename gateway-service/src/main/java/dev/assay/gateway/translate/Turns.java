// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.translate.Block.ToolResult;
import dev.assay.gateway.translate.Conversation.Speaker;
import dev.assay.gateway.translate.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns while they are read. What one dialect says in several messages and another in one is put together: results of tools that follow
 * each other and, where an assistant's turn is a list of items, those.
 */
final class Turns {

    private final List<Turn> turns = new ArrayList<>();
    private final boolean assistantInPieces;

    Turns(boolean assistantInPieces) {
        this.assistantInPieces = assistantInPieces;
    }

    void add(Speaker speaker, List<Block> blocks) {
        if (!turns.isEmpty() && belongs(turns.getLast(), speaker, blocks)) {
            var joined = new ArrayList<>(turns.removeLast().blocks());
            joined.addAll(blocks);
            turns.add(new Turn(speaker, List.copyOf(joined)));
        } else {
            turns.add(new Turn(speaker, List.copyOf(blocks)));
        }
    }

    private boolean belongs(Turn last, Speaker speaker, List<Block> blocks) {
        return last.speaker() == speaker
                && (speaker == Speaker.ASSISTANT ? assistantInPieces : isResults(last.blocks()) && isResults(blocks));
    }

    private static boolean isResults(List<Block> blocks) {
        return !blocks.isEmpty() && blocks.stream().allMatch(ToolResult.class::isInstance);
    }

    List<Turn> all() {
        return List.copyOf(turns);
    }
}
