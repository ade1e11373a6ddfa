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

    /** @param results whether there is nothing in it but results of tools */
    private record Growing(Speaker speaker, List<Block> blocks, boolean results) {}

    private final List<Growing> turns = new ArrayList<>();
    private final boolean assistantInPieces;

    Turns(boolean assistantInPieces) {
        this.assistantInPieces = assistantInPieces;
    }

    void add(Speaker speaker, List<Block> blocks) {
        var more = new Growing(speaker, new ArrayList<>(blocks), isResults(blocks));
        if (!turns.isEmpty() && belongs(turns.getLast(), more)) {
            turns.getLast().blocks().addAll(blocks);
        } else {
            turns.add(more);
        }
    }

    private boolean belongs(Growing last, Growing more) {
        return last.speaker() == more.speaker()
                && (more.speaker() == Speaker.ASSISTANT ? assistantInPieces : last.results() && more.results());
    }

    private static boolean isResults(List<Block> blocks) {
        return !blocks.isEmpty() && blocks.stream().allMatch(ToolResult.class::isInstance);
    }

    List<Turn> all() {
        return turns.stream().map(turn -> new Turn(turn.speaker(), List.copyOf(turn.blocks()))).toList();
    }
}
